package io.metastore.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a store that is new and theirs alone. Methods and constructors may
 * take a {@link TestStore}, or a {@link io.metastore.api.Metastore} that is connected to it.
 *
 * <pre>{@code
 * @MetastoreTest
 * class JobsTest {
 *   @Test
 *   void jobIsTakenOnce(TestStore store) {
 *     Client client = Client.builder().endpoints(store.endpoint()).build(); // jetcd, say
 *   }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MetastoreExtension.class)
public @interface MetastoreTest {
  /** How many members the cluster has. */
  int members() default 1;

  /** The storage engine, by name; one other than {@code memory} must be added to the project. */
  String storage() default "memory";
}
