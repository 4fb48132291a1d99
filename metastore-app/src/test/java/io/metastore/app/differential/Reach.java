package io.metastore.app.differential;

import com.google.protobuf.Message;
import java.util.SortedMap;
import java.util.TreeMap;

/** What random programs meet: a test whose requests are all refused alike would find nothing. */
final class Reach {
  private final SortedMap<String, Integer> answered = new TreeMap<>();
  private final SortedMap<String, Integer> refused = new TreeMap<>();

  private int fragments;

  /** A request that is answered by more than one answer, or by none. */
  void count(Message request) {
    answered.merge(request.getDescriptorForType().getName(), 1, Integer::sum);
  }

  void count(Message request, Answer answer) {
    switch (answer) {
      case Answer.Response response -> count(request);
      case Answer.Refusal refusal -> refused.merge(refusal.text(), 1, Integer::sum);
      case Answer.Watched watched -> {}
    }
  }

  /** Responses on watch streams that were not whole. */
  void countFragments(int more) {
    fragments += more;
  }

  int fragments() {
    return fragments;
  }

  /** How many requests of a type were answered. */
  int answered(Class<? extends Message> type) {
    return answered.getOrDefault(type.getSimpleName(), 0);
  }

  /** How many requests were refused with a text. */
  int refused(String text) {
    return refused.getOrDefault(text, 0);
  }

  @Override
  public String toString() {
    return "answered " + answered + ", refused " + refused + ", fragments " + fragments;
  }
}
