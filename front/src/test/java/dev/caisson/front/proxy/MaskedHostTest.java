package dev.caisson.front.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.node.Ingress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MaskedHostTest {
    private Services services;

    @BeforeEach
    void start() throws Exception {
        services = new Services();
    }

    @AfterEach
    void stop() {
        services.close();
    }

    @Test
    void theServiceSeesTheMaskAndWhoWasReallyAskedFor() throws Exception {
        var sandbox = services.newSandbox(new Ingress(true, true, "localhost:${PORT}"));
        services.serve(sandbox, Services::echoHead);
        try (var client = services.client()) {
            var seen = client.get("/", Services.host(sandbox), "X-Forwarded-Host: forged").answer().body();
            assertThat(seen.lines()).contains("Host: localhost:3000", "X-Forwarded-Host: 3000-" + sandbox + ".e2b.localhost:4747");
            assertThat(seen).doesNotContain("forged");
        }
    }

    @Test
    void withoutAMaskNothingIsAddedOrTaken() throws Exception {
        services.serve(Services::echoHead);
        try (var client = services.client()) {
            var seen = client.get("/", services.host(), "X-Forwarded-Host: mine").answer().body();
            assertThat(seen.lines()).contains(services.host(), "x-forwarded-host: mine").doesNotContain("X-Forwarded-Host: ");
        }
    }
}
