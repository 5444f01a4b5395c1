package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {
    @Test
    void aNewKeyPassesTheClientsOwnCheck() {
        assertThat(ApiKey.random().text()).matches("^e2b_[0-9a-f]+$").hasSize(44);
    }

    @Test
    void twoKeysDiffer() {
        assertThat(ApiKey.random()).isNotEqualTo(ApiKey.random());
    }

    /** contract/rest-api.md §1.3: over the decoded bytes; this one is of the single byte 0x61. */
    @Test
    void theHashIsOverTheDecodedBytes() {
        assertThat(new ApiKey("e2b_61").hash()).isEqualTo("$sha256$ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs");
    }

    @Test
    void theMaskShowsTwoAndFourDigits() {
        assertThat(new ApiKey("e2b_00112233445566778899").mask()).isEqualTo(new KeyMask("e2b_", 20, "00", "8899"));
    }

    @Test
    void aKeyDoesNotPrintItself() {
        assertThat(new ApiKey("e2b_00112233445566778899")).asString().doesNotContain("112233");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "e2b_", "e2b_xyz", "e2b_123", "sk_e2b_00", "00", "e2b_00 00"})
    void whatIsNoKeyIsRefused(String text) {
        assertThat(ApiKey.parse(text)).isEmpty();
        assertThatThrownBy(() -> new ApiKey(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
