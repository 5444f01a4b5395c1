package dev.caisson.engine.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.engine.Layer;
import dev.caisson.engine.Limits;
import dev.caisson.engine.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ContainerSpecTest {

    @Test
    void theGuestsMemoryIsTheGroupsLimitAndBoundsItsTmpfs() {
        var spec = spec(new Limits(2, 1L << 30, 3000));
        assertThat(ContainerSpec.memoryBytes(JsonMapper.shared().writeValueAsBytes(spec))).isEqualTo(1L << 30);
        assertThat(mountOptions(spec, "/tmp")).contains("size=" + (1L << 29));
        assertThat(mountOptions(spec, "/dev/shm")).contains("size=" + (1L << 28));
    }

    @Test
    void processorsAreAQuotaAndWeightsKeepWithinOneToTwo() {
        assertThat(spec(new Limits(1, 1L << 30, 3000)).at("/linux/resources/cpu/shares").asLong()).isEqualTo(512);
        for (int cpus : new int[] {2, 8}) {
            var cpu = spec(new Limits(cpus, 1L << 30, 3000)).at("/linux/resources/cpu");
            assertThat(cpu.path("shares").asLong()).isEqualTo(1024);
            assertThat(cpu.path("quota").asLong()).isEqualTo(cpus * cpu.path("period").asLong());
        }
    }

    @Test
    void theHostsBoundOfTasksLiesAboveWhatTheGuestMayHave() {
        assertThat(spec(new Limits(2, 1L << 30, 3000)).at("/linux/resources/pids/limit").asLong()).isEqualTo(8192);
        assertThat(spec(new Limits(2, 1L << 30, 10_000)).at("/linux/resources/pids/limit").asLong()).isGreaterThan(20_000);
    }

    @Test
    void theFirstProcessGetsItsArgumentsEnvironmentAndNetwork() {
        var spec = spec(new Limits(2, 1L << 30, 3000));
        assertThat(spec.at("/process/args").toString()).isEqualTo("[\"/agent\",\"--port=1\"]");
        assertThat(spec.at("/process/env").toString()).isEqualTo("[\"A=1\",\"B=2 3\"]");
        assertThat(spec.at("/hostname").asString()).isEqualTo("box");
        assertThat(spec.at("/root/path").asString()).isEqualTo("/run/x/root");
        assertThat(spec.at("/linux/cgroupsPath").asString()).isEqualTo("/x/gvisor/i1");
        assertThat(spec.at("/linux/namespaces").toString()).contains("\"path\":\"/run/netns/x-1\"");
        assertThat(spec.at("/process/capabilities/effective").toString()).contains("CAP_SYS_PTRACE").doesNotContain("CAP_NET_RAW");
    }

    @Test
    void aRestoredOneKeepsWhatIsPartOfItsMemoryAndHasNewPlacesAndLimits() {
        var saved = ContainerSpec.json(spec(new Limits(1, 1L << 30, 3000), "i1", List.of("/agent", "--port=1")), Path.of("/run/x/root"), "/x/gvisor/i1");
        var json = ContainerSpec.restored(saved, spec(new Limits(2, 2L << 30, 5000), "i2", List.of("/agent", "--later")), Path.of("/run/y/root"), "/y/gvisor/i2");
        var spec = JsonMapper.shared().readTree(json);
        assertThat(spec.path("process")).isEqualTo(JsonMapper.shared().readTree(saved).path("process"));
        assertThat(spec.path("mounts")).isEqualTo(JsonMapper.shared().readTree(saved).path("mounts"));
        assertThat(spec.at("/root/path").asString()).isEqualTo("/run/y/root");
        assertThat(spec.at("/root/readonly").asBoolean()).isFalse();
        assertThat(spec.at("/linux/cgroupsPath").asString()).isEqualTo("/y/gvisor/i2");
        assertThat(spec.at("/linux/namespaces").toString()).contains("\"path\":\"/run/netns/i2\"").doesNotContain("i1");
        assertThat(spec.at("/linux/resources/cpu/shares").asLong()).isEqualTo(1024);
        assertThat(ContainerSpec.memoryBytes(json)).isEqualTo(2L << 30);
    }

    private static SandboxSpec spec(Limits limits, String id, List<String> arguments) {
        return new SandboxSpec(id, List.of(Layer.erofs(Path.of("/l"))), Path.of("/d"), Path.of("/run/netns", id), limits, arguments, Map.of(), "box");
    }

    private static String mountOptions(JsonNode spec, String destination) {
        for (var mount : spec.path("mounts")) {
            if (mount.path("destination").asString().equals(destination)) {
                return mount.path("options").toString();
            }
        }
        throw new AssertionError("no mount at " + destination);
    }

    private static JsonNode spec(Limits limits) {
        var spec = new SandboxSpec("i1", List.of(Layer.erofs(Path.of("/l"))), Path.of("/d"), Path.of("/run/netns/x-1"), limits,
                List.of("/agent", "--port=1"), Map.of("B", "2 3", "A", "1"), "box");
        return JsonMapper.shared().readTree(ContainerSpec.json(spec, Path.of("/run/x/root"), "/x/gvisor/i1"));
    }
}
