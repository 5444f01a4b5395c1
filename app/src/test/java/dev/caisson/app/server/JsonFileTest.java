package dev.caisson.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;

class JsonFileTest {
    private record Value(String name, int number) {}

    @TempDir
    private Path folder;

    private JsonFile<Value> file;

    @BeforeEach
    void makeIt() {
        file = new JsonFile<>(folder.resolve("value.json"), new TypeReference<>() {}, "do this");
    }

    @Test
    void isReadAsItWasWrittenAndReplacedAsAWhole() {
        assertThat(file.read()).isEmpty();
        file.write(new Value("a much longer first value", 1));
        file.write(new Value("b", 2));

        assertThat(file.read()).contains(new Value("b", 2));
        assertThat(folder.toFile().list()).containsExactly("value.json");

        file.remove();
        file.remove();
        assertThat(file.read()).isEmpty();
    }

    @Test
    void whatItCannotReadItSaysWithTheRemedyAndLeavesAlone() throws Exception {
        for (var damaged : new String[] {"", "{", "[]", "{\"name\":\"a\",\"number\":1,\"typo\":true}"}) {
            Files.writeString(file.path(), damaged);
            assertThatThrownBy(file::read).isInstanceOf(AppException.class).hasMessageContaining("value.json").hasMessageContaining("do this");
            assertThat(Files.readString(file.path())).isEqualTo(damaged);
        }
    }

    @Test
    void aFailedWriteLeavesTheEarlierValue() throws Exception {
        file.write(new Value("kept", 1));
        Files.createDirectory(folder.resolve("value.json.new"));

        assertThatThrownBy(() -> file.write(new Value("lost", 2))).isInstanceOf(AppException.class).hasMessageContaining("could not write");

        assertThat(file.read()).contains(new Value("kept", 1));
    }
}
