/** A program that keeps its keys in a store, its own or a server's. */
package example;
