package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.tidy.FakeMachine.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mvnw} and {@code bin/metastore} on machines with all kinds of Java. */
class LauncherTest {
  @TempDir private Path folder;
  private Path sources;
  private FakeMachine machine;

  @BeforeEach
  void makeMachine() throws IOException {
    sources = SourceTree.find().root();
    machine = new FakeMachine(folder);
  }

  @Test
  void aMachineWithoutJavaIsToldWhatToInstall() throws Exception {
    machine.onPath("mvn", "echo must not run");
    Outcome outcome = mvnw();
    assertEquals(1, outcome.exitCode());
    assertEquals("", outcome.output());
    assertTrue(outcome.errors().startsWith("mvnw: no JDK 21 or later found."), outcome::errors);
    assertTrue(outcome.errors().contains("There is no Java in JAVA_HOME"), outcome::errors);
    assertTrue(outcome.errors().contains("Install one"), outcome::errors);
  }

  @Test
  void whatIsTooOldIsListed() throws Exception {
    Path eight = machine.jdk("usr/lib/jvm/eight", "1.8");
    Path seventeen = machine.jdk("opt/seventeen", "17");
    Path runtime = machine.runtime("usr/lib/jvm/runtime", "25");
    machine.set("JAVA_HOME", seventeen.toString());
    Outcome outcome = mvnw();
    assertEquals(1, outcome.exitCode());
    assertTrue(
        outcome.errors().contains("  JAVA_HOME=" + seventeen + ": Java 17"), outcome::errors);
    assertTrue(outcome.errors().contains("  " + eight + ": Java 8"), outcome::errors);
    assertTrue(
        outcome.errors().contains(runtime + ": Java 25, but without javac"), outcome::errors);
  }

  @Test
  void theNewestOfTheUsualFoldersIsTaken() throws Exception {
    machine.onPath("mvn", "echo \"$JAVA_HOME $*\"");
    machine.jdk("usr/lib/jvm/a", "21");
    Path newest = machine.jdk("home/.sdkman/candidates/java/b", "26");
    machine.jdk("opt/c", "25");
    assertEquals(newest + " -q verify", mvnw("-q", "verify").output());
  }

  @Test
  void javaHomeAndPathWinOverNewerOnes() throws Exception {
    machine.onPath("mvn", "echo \"$JAVA_HOME\"");
    machine.jdk("usr/lib/jvm/newest", "26");
    Path onPath = machine.jdk("elsewhere/21", "21");
    Files.createSymbolicLink(folder.resolve("path/java"), onPath.resolve("bin/java"));
    assertEquals(onPath.toString(), mvnw().output());
    Path chosen = machine.jdk("elsewhere/22", "22");
    machine.set("JAVA_HOME", chosen.toString());
    assertEquals(chosen.toString(), mvnw().output());
  }

  @Test
  void aJavaHomeThatIsTooOldOrEmptyIsPassedOver() throws Exception {
    machine.onPath("mvn", "echo \"$JAVA_HOME\"");
    Path good = machine.jdk("usr/lib/jvm/good one", "21");
    machine.set("JAVA_HOME", machine.jdk("elsewhere/17", "17").toString());
    assertEquals(good.toString(), mvnw().output());
    machine.set("JAVA_HOME", "/nowhere");
    assertEquals(good.toString(), mvnw().output());
  }

  @Test
  void aJavaThatDoesNotRunIsPassedOver() throws Exception {
    Path broken = machine.jdk("usr/lib/jvm/broken", "25");
    machine.executable(broken.resolve("bin/java"), "exit 126");
    Outcome outcome = mvnw();
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.errors().contains(broken + ": does not run"), outcome::errors);
  }

  @Test
  void aMachineWithoutMavenIsToldSo() throws Exception {
    machine.jdk("usr/lib/jvm/good", "21");
    Outcome outcome = mvnw();
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.errors().startsWith("mvnw: no Maven found"), outcome::errors);
  }

  @Test
  void mavensExitCodeIsPassedOn() throws Exception {
    machine.jdk("usr/lib/jvm/good", "21");
    machine.onPath("mvn", "exit 3");
    assertEquals(3, mvnw().exitCode());
  }

  @Test
  void theBundledRuntimeComesFirst() throws Exception {
    Path home = machine.distribution("app", sources);
    machine.runtime("app/runtime", "21");
    machine.set("JAVA_HOME", machine.jdk("elsewhere/25", "25").toString());
    machine.set("METASTORE_JAVA_OPTS", "-Xmx2g -Da=b");
    Outcome outcome = machine.run(home.resolve("bin/metastore").toString(), "serve", "two words");
    assertEquals(7, outcome.exitCode(), "the exit code is the server's");
    assertTrue(
        outcome.output().startsWith("app/runtime @" + home + "/conf/jvm.options "),
        outcome::output);
    assertTrue(
        outcome.output().contains(" -Xmx2g -Da=b -p " + home + "/lib -m io.metastore.app/"),
        outcome::output);
    assertTrue(outcome.output().endsWith("io.metastore.app.Main serve two words"), outcome::output);
  }

  @Test
  void theStartCacheCountsOnlyWhereItWasMade() throws Exception {
    Path home = machine.distribution("app", sources);
    machine.runtime("app/runtime", "25");
    Path madeFor = Files.createDirectory(home.resolve("cache")).resolve("made-for");
    String launcher = home.resolve("bin/metastore").toString();
    String option = " -XX:AOTCache=" + home + "/cache/start.aot ";
    assertFalse(machine.run(launcher).output().contains("AOTCache"), "no cache");
    Files.writeString(madeFor, home + "\n");
    assertTrue(machine.run(launcher).output().contains(option));
    Files.writeString(madeFor, "/elsewhere\n");
    assertFalse(machine.run(launcher).output().contains("AOTCache"), "moved");
  }

  @Test
  void largePagesAreAskedForWhereTheMachineGivesThem() throws Exception {
    Path home = machine.distribution("app", sources);
    machine.runtime("app/runtime", "25");
    String launcher = home.resolve("bin/metastore").toString();
    String option = " -XX:+UseTransparentHugePages ";
    assertFalse(machine.run(launcher).output().contains(option), "no such machine");
    machine.transparentHugePages("always madvise [never]");
    assertFalse(machine.run(launcher).output().contains(option), "they are off");
    machine.transparentHugePages("always [madvise] never");
    machine.set("METASTORE_JAVA_OPTS", "-XX:-UseTransparentHugePages");
    String output = machine.run(launcher).output();
    assertTrue(output.contains(option), output);
    assertTrue(
        output.indexOf(option) < output.indexOf("-XX:-UseTransparentHugePages"),
        "what the operator says comes later and wins");
  }

  @Test
  void aDistributionRunsOnAnyRuntimeFoundAndThroughLinks() throws Exception {
    Path home = machine.distribution("an app", sources);
    machine.runtime("usr/lib/jvm/runtime", "21");
    Path link = Files.createSymbolicLink(folder.resolve("link"), home.resolve("bin/metastore"));
    Outcome outcome = machine.run(link.toString());
    assertEquals(7, outcome.exitCode(), outcome::errors);
    assertTrue(outcome.output().startsWith("usr/lib/jvm/runtime "), outcome::output);
  }

  @Test
  void aDistributionWithoutAnyJavaSaysSo() throws Exception {
    Path home = machine.distribution("app", sources);
    Outcome outcome = machine.run(home.resolve("bin/metastore").toString());
    assertEquals(1, outcome.exitCode());
    assertTrue(
        outcome.errors().startsWith("metastore: no Java 21 or later found."), outcome::errors);
  }

  @Test
  void aCloneIsBuiltOnceAndAgainAfterAChange() throws Exception {
    Path clone = machine.distribution("clone", sources);
    Files.delete(clone.resolve("lib"));
    Files.writeString(clone.resolve("pom.xml"), "<project>\n<version>1.2</version>\n</project>\n");
    Path target = clone.resolve("metastore-app/target");
    Path source = clone.resolve("a/src/main/java/A.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "final class A {}\n");
    machine.executable(clone.resolve("mvnw"), "echo built >> %s/builds".formatted(folder));
    machine.executable(target.resolve("metastore-1.2/bin/metastore"), "echo \"runs $*\"");
    Path archive = Files.createFile(target.resolve("metastore-1.2.tar.gz"));
    Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
    String launcher = clone.resolve("bin/metastore").toString();

    Outcome first = machine.run(launcher, "serve");
    assertEquals("runs serve", first.output(), first::errors);
    assertTrue(first.errors().startsWith("metastore: building"), first::errors);

    FileTime future = FileTime.from(Instant.now().plusSeconds(60));
    Files.setLastModifiedTime(archive, future);
    Outcome second = machine.run(launcher, "serve");
    assertEquals("runs serve", second.output());
    assertEquals("", second.errors(), "nothing to build");

    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(120)));
    assertTrue(machine.run(launcher).errors().startsWith("metastore: building"));
    assertEquals("built\nbuilt\n", Files.readString(folder.resolve("builds")));
  }

  @Test
  void aFailedBuildEndsTheStart() throws Exception {
    Path clone = machine.distribution("clone", sources);
    Files.delete(clone.resolve("lib"));
    Files.writeString(clone.resolve("pom.xml"), "<version>1.2</version>\n");
    machine.executable(clone.resolve("mvnw"), "echo the reason; exit 1");
    Outcome outcome = machine.run(clone.resolve("bin/metastore").toString());
    assertEquals(1, outcome.exitCode());
    assertEquals("", outcome.output());
    assertTrue(outcome.errors().contains("the reason"), outcome::errors);
    assertTrue(outcome.errors().contains("metastore: the build failed"), outcome::errors);
  }

  private Outcome mvnw(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = sources.resolve("mvnw").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return machine.run(command);
  }
}
