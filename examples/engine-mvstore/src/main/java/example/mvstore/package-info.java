/**
 * A storage engine on H2's MVStore. The provider is what a server finds; threads as the SPI says.
 */
package example.mvstore;
