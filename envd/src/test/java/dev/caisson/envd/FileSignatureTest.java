package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.http.Query;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FileSignatureTest {
    private static final String TOKEN = "0tQG31xiMp0IOQfaz9dcwi72L1CPo8e0";

    @Test
    void reproducesTheKnownDigests() {
        var plain = FileSignature.of("GET", Query.parse("path=hello.txt&username=user"));
        assertThat(plain.expected(TOKEN)).isEqualTo("v1_gUtH/s9YCJWgCizjfUxuWfhFE4QSydOWEIIvfLwDr6E");
        var expiring = FileSignature.of("POST", Query.parse("path=hello.txt&signature_expiration=1700000000"));
        assertThat(expiring.expected(TOKEN)).isEqualTo("v1_kfu+Ro1OO8SCAT1YWfxf4uTxuCiKCVxDOdr0s7hbyS4");
    }

    @Test
    void matchesWhatCameEncodedInTheQuery() {
        var query = "path=hello.txt&username=user&signature=v1_gUtH%2Fs9YCJWgCizjfUxuWfhFE4QSydOWEIIvfLwDr6E";
        var signature = FileSignature.of("GET", Query.parse(query));
        assertThat(signature.madeWith(TOKEN)).isTrue();
        assertThat(signature.madeWith("x")).isFalse();
        assertThat(FileSignature.of("POST", Query.parse(query)).madeWith(TOKEN)).isFalse();
    }

    @Test
    void expiresAfterItsSecondHasPassed() {
        var signature = FileSignature.of("GET", Query.parse("signature_expiration=1000"));
        assertThat(signature.expired(at(1000))).isFalse();
        assertThat(signature.expired(at(1001))).isTrue();
        assertThat(FileSignature.of("GET", Query.parse("")).expired(at(1001))).isFalse();
    }

    @Test
    void refusesAnExpirationThatIsNoNumber() {
        assertThatThrownBy(() -> FileSignature.of("GET", Query.parse("signature_expiration=soon")))
                .hasMessageContaining("signature_expiration");
    }

    private static Clock at(long second) {
        return Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC);
    }
}
