package dev.caisson.app.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientAccessTest {
    private static final Access HERE = new Access(URI.create("http://127.0.0.1:4747"), "e2b_0a");

    @TempDir
    private Path data;

    @BeforeEach
    void anInstallation() throws Exception {
        Files.writeString(data.resolve(Access.URL_FILE), HERE.url() + "\n");
        Files.writeString(data.resolve(Access.KEY_FILE), HERE.key() + "\n");
    }

    @Test
    void theInstallationsOwnUnlessTheVariablesNameAServer() {
        assertThat(Access.find(Map.of(), data)).isEqualTo(HERE);
        assertThat(Access.find(Map.of("E2B_API_KEY", "e2b_ff"), data)).isEqualTo(HERE);
        assertThat(Access.find(Map.of("E2B_API_URL", "http://127.0.0.1:4747"), data)).isEqualTo(HERE);
        assertThat(Access.find(Map.of("E2B_API_URL", "https://api.example.org", "E2B_API_KEY", "e2b_ff"), data))
                .isEqualTo(new Access(URI.create("https://api.example.org"), "e2b_ff"));
    }

    @Test
    void itsKeyGoesToNoOtherServer() {
        assertThatThrownBy(() -> Access.find(Map.of("E2B_API_URL", "https://api.example.org"), data))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("api.example.org")
                .hasMessageContaining("E2B_API_KEY");
    }
}
