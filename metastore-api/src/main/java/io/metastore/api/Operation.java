package io.metastore.api;

/** What can be done alone or in a transaction. Every operation is a value and can be kept. */
public sealed interface Operation permits Range, Put, Delete, Txn {}
