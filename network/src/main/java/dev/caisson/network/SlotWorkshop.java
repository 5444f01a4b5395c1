package dev.caisson.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, cleans and removes slots, many at a time, and keeps the ledger true: slots whose work failed half-way are in it
 * as broken. Not thread-safe.
 */
final class SlotWorkshop {
    private static final Logger LOG = LoggerFactory.getLogger(SlotWorkshop.class);

    private final SlotLedger ledger;
    private final SlotNamespaces namespaces;
    private final HostNetwork host;
    private @Nullable NamespaceState fresh;

    SlotWorkshop(SlotLedger ledger, SlotNamespaces namespaces, HostNetwork host) {
        this.ledger = ledger;
        this.namespaces = namespaces;
        this.host = host;
    }

    /** Slots can be cleaned only when it is known how a fresh one looks: when one was made. */
    boolean canClean() {
        return fresh != null;
    }

    void make(List<Integer> slots) {
        var done = false;
        try {
            namespaces.make(slots);
            host.addSlots(slots);
            namespaces.connect(slots);
            for (int slot : slots) {
                fresh = namespaces.furnish(slot);
            }
            namespaces.awaitUp(slots);
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(slots);
            }
        }
        ledger.addReady(slots);
    }

    /** Takes away all traces of the last tenants; a slot where that cannot be is broken. */
    void clean(List<Integer> slots) {
        var doubtful = new HashSet<>(slots);
        try {
            host.cutConnections(slots);
            var clean = new ArrayList<>(slots);
            clean.removeAll(namespaces.inhabited(slots));
            clean.removeIf(slot -> !isAsFresh(slot));
            namespaces.connect(clean);
            namespaces.awaitUp(clean);
            ledger.addReady(clean);
            clean.forEach(doubtful::remove);
        } finally {
            ledger.addBroken(doubtful);
        }
    }

    private boolean isAsFresh(int slot) {
        var expected = fresh;
        var state = namespaces.furnish(slot);
        if (expected == null || state.equals(expected)) {
            return expected != null;
        }
        LOG.warn("slot {} came back changed and is made anew: {}", slot, state.differenceFrom(expected));
        return false;
    }

    void remove(List<Integer> slots) {
        var done = false;
        try {
            host.removeSlots(slots);
            namespaces.remove(slots);
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(slots);
            }
        }
        ledger.forget(slots);
    }

    /** Nothing is known of these but their numbers: whatever exists is removed, and the tables are written anew. */
    void removeBroken(List<Integer> slots) {
        var done = false;
        try {
            namespaces.remove(slots);
            host.set(namespaces.find().devices());
            done = true;
        } finally {
            if (!done) {
                ledger.addBroken(slots);
            }
        }
        ledger.forget(slots);
    }
}
