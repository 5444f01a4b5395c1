package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class SlotLedgerTest {
    private final SlotLedger ledger = new SlotLedger(4);

    @Test
    void theLowestFreeNumbersAreReservedAndFreedOnesComeAgain() {
        assertThat(ledger.reserve(3)).containsExactly(1, 2, 3);
        ledger.forget(List.of(2));
        assertThat(ledger.reserve(5)).containsExactly(2, 4);
        assertThat(ledger.reserve(1)).isEmpty();
    }

    @Test
    void numbersFoundOnTheMachineAreTaken() {
        ledger.addReleased(List.of(2));
        ledger.addBroken(List.of(1));
        ledger.adopt(4);
        assertThat(ledger.reserve(9)).containsExactly(3);
    }

    @Test
    void aTenancyEndsOnce() {
        ledger.addReady(ledger.reserve(1));
        var first = ledger.claim().orElseThrow();
        assertThat(ledger.release(first)).isTrue();
        assertThat(ledger.release(first)).isFalse();
        ledger.addReady(ledger.takeReleased(9));
        var second = ledger.claim().orElseThrow();
        assertThat(second.slot()).isEqualTo(first.slot());
        assertThat(ledger.release(first)).isFalse();
        assertThat(ledger.release(second)).isTrue();
    }

    @Test
    void isUsedUpWhenEveryNumberHasATenant() {
        ledger.addReady(ledger.reserve(4));
        for (int i = 0; i < 4; i++) {
            assertThat(ledger.isUsedUp()).isFalse();
            ledger.claim();
        }
        assertThat(ledger.isUsedUp()).isTrue();
        assertThat(ledger.claim()).isEmpty();
    }

    @Test
    void countsWhatIsReadyAndWhatIsComing() {
        ledger.addReady(ledger.reserve(3));
        ledger.release(ledger.claim().orElseThrow());
        assertThat(ledger.readyCount()).isEqualTo(2);
        assertThat(ledger.releasedCount()).isEqualTo(1);
        assertThat(ledger.comingCount()).isEqualTo(3);
        assertThat(ledger.takeReady(1)).hasSize(1);
        assertThat(ledger.readyCount()).isEqualTo(1);
    }

    @Test
    void aThousandThreadsNeverShareASlot() throws InterruptedException {
        var many = new SlotLedger(1000);
        many.addReady(many.reserve(500));
        Set<Integer> inUse = ConcurrentHashMap.newKeySet();
        Set<Integer> shared = ConcurrentHashMap.newKeySet();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 1000; i++) {
            threads.add(Thread.ofVirtual().start(() -> useOne(many, inUse, shared)));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(shared).isEmpty();
        assertThat(many.readyCount()).isEqualTo(500);
        assertThat(many.claims()).isEqualTo(1000);
    }

    private static void useOne(SlotLedger ledger, Set<Integer> inUse, Set<Integer> shared) {
        try {
            var tenancy = ledger.claim(Duration.ofSeconds(20)).orElseThrow();
            if (!inUse.add(tenancy.slot())) {
                shared.add(tenancy.slot());
            }
            inUse.remove(tenancy.slot());
            ledger.release(tenancy);
            ledger.addReady(ledger.takeReleased(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
