package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server's way to a guest. */
@Tag("root")
class SlotReachabilityTest {
    @Test
    void aPlainSocketToTheSlotsAddressArrivesAtTheGuestsAddressAndComesFromItsGateway() throws Exception {
        try (var lab = new Lab()) {
            var slot = lab.openPool().claim(Duration.ofSeconds(10));
            try (var server = Wire.echoPeer(Lab.inside(slot), GuestNetwork.ADDRESS, 4000)) {
                assertThat(Wire.ask(lab.host, slot.address().getHostAddress(), 4000)).isEqualTo(GuestNetwork.GATEWAY);
            }
        }
    }
}
