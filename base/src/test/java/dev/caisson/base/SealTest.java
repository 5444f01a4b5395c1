package dev.caisson.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SealTest {
    private static final byte[] SECRET = new byte[32];
    private static final byte[] PLAIN = "a token".getBytes(StandardCharsets.UTF_8);
    private final Seal seal = new Seal(SECRET, "test");

    @Test
    void whatIsSealedCanBeOpenedAgainAndIsNotReadable() {
        var sealed = seal.close(PLAIN);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("token");
        assertThat(new Seal(SECRET, "test").open(sealed)).contains(PLAIN);
        assertThat(seal.close(PLAIN)).isNotEqualTo(sealed);
    }

    @Test
    void anotherSecretPurposeOrTextDoesNotOpen() {
        var sealed = seal.close(PLAIN);
        var other = SECRET.clone();
        other[0]++;
        assertThat(new Seal(other, "test").open(sealed)).isEmpty();
        assertThat(new Seal(SECRET, "other").open(sealed)).isEmpty();
        sealed[sealed.length - 1]++;
        assertThat(seal.open(sealed)).isEmpty();
        assertThat(seal.open(new byte[3])).isEmpty();
        assertThat(seal.open(new byte[20])).isEmpty();
    }
}
