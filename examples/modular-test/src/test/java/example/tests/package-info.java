/** A test of a store, where everything is a module. */
package example.tests;
