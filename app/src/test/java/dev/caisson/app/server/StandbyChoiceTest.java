package dev.caisson.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.host.HostConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandbyChoiceTest {
    @Test
    void automaticIsWhatDemandAsksForAndTheMachineBears() {
        assertThat(new StandbyChoice("auto").in(HostConfig.defaults()))
                .isEqualTo(HostConfig.defaults().withStandbysByDemand())
                .satisfies(config -> assertThat(config.standbys().areOn()).isTrue());
    }

    @Test
    void offIsNoneAndSoIsZero() {
        assertThat(StandbyChoice.OFF.in(HostConfig.defaults()).standbys().areOn()).isFalse();
        assertThat(new StandbyChoice("0").in(HostConfig.defaults()).standbys().areOn()).isFalse();
    }

    @Test
    void aNumberIsTheMost() {
        assertThat(new StandbyChoice("3").in(HostConfig.defaults()).standbys().most()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "some", "-1", "1001", "99999", "3 ", "AUTO"})
    void anythingElseIsRefusedWithWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> new StandbyChoice(text)).isInstanceOf(AppException.class).hasMessageContaining("auto, off or a number");
    }

    @Test
    void settingsKeepItAndThoseOfEarlierVersionsMeanAutomatic(@TempDir Path data) throws Exception {
        var settings = Settings.defaults();
        new Settings(
                settings.name(), settings.run(), settings.addresses(), settings.listen(), settings.port(), settings.tls(),
                new StandbyChoice("7")).save(data);

        assertThat(Settings.load(data).standbys()).isEqualTo(new StandbyChoice("7"));
        var file = data.resolve("settings.json");
        var text = Files.readString(file);
        assertThat(text).contains("\"standbys\" : \"7\"");
        Files.writeString(file, text.replaceFirst(",\\s*\"standbys\" : \"7\"", ""));
        assertThat(Settings.load(data).standbys()).isEqualTo(StandbyChoice.AUTO);
    }

    @Test
    void settingsWithNonsenseAreNotRead(@TempDir Path data) throws Exception {
        Settings.defaults().save(data);
        var file = data.resolve("settings.json");
        Files.writeString(file, Files.readString(file).replace("\"auto\"", "\"many\""));

        assertThatThrownBy(() -> Settings.load(data)).isInstanceOf(AppException.class).hasMessageContaining("settings.json");
    }
}
