package io.metastore.app.differential;

import com.google.protobuf.Message;

/**
 * Two answers to one request that are not the same.
 *
 * @param etcd what etcd answered, without what may differ
 * @param ours what our node answered, likewise
 */
record Apart(Message request, Answer etcd, Answer ours) {
  @Override
  public String toString() {
    return "request: " + Answer.print(request) + "\netcd: " + etcd + "\nours: " + ours;
  }
}
