/**
 * What stands behind {@link io.metastore.api.Metastore}: providers that are found by {@link
 * java.util.ServiceLoader}, one for stores in this JVM and one for stores on servers. Programs do
 * not use this package; whoever replaces one of the two implements it.
 */
@NullMarked
package io.metastore.api.provider;

import org.jspecify.annotations.NullMarked;
