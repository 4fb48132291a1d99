package io.metastore.app.differential;

import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;

/**
 * Where two servers came apart.
 *
 * @param program what was run
 * @param requests all of its requests up to where that was seen
 * @param apart what was answered differently
 */
record Difference(Program program, List<Message> requests, Apart apart) {
  /** The number of the step after which it was seen, from 0. */
  int step() {
    return requests.size() - 1;
  }

  /** Whether a server has gone instead of answering, so that nothing more can be run. */
  boolean ended() {
    return gone(apart.etcd()) || gone(apart.ours());
  }

  private static boolean gone(Answer answer) {
    return answer instanceof Answer.Refusal refusal
        && Set.of("UNAVAILABLE", "DEADLINE_EXCEEDED").contains(refusal.code());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < requests.size(); i++) {
      text.append(i).append(": ").append(Answer.print(requests.get(i))).append('\n');
    }
    return text.append(apart).toString();
  }
}
