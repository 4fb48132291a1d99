/** picocli, as its own descriptor has it. */
module info.picocli {
  exports picocli;

  requires static java.sql;
}
