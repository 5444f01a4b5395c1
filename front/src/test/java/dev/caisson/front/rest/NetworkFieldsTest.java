package dev.caisson.front.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.http.testing.FakeExchange;
import dev.caisson.node.Ingress;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFieldsTest {

    private static Ingress ingress(String network, boolean secured) throws IOException {
        var body = "{\"network\":" + network + "}";
        return NetworkFields.ingress(Fields.read(FakeExchange.request("POST", "/sandboxes").body(body)), secured);
    }

    @Test
    void nothingSaidIsOpenAndNotTold() throws Exception {
        assertThat(ingress("null", true)).isEqualTo(Ingress.OPEN);
        assertThat(ingress("{}", false)).isEqualTo(new Ingress(true, true, ""));
        assertThat(ingress("{\"allowPublicTraffic\":true,\"allowOut\":[],\"denyOut\":[],\"rules\":{},\"httpsPorts\":[]}", false))
                .isEqualTo(new Ingress(true, true, ""));
    }

    @Test
    void privatePortsNeedASecuredSandbox() throws Exception {
        assertThat(ingress("{\"allowPublicTraffic\":false}", true)).isEqualTo(new Ingress(true, false, ""));
        assertThatThrownBy(() -> ingress("{\"allowPublicTraffic\":false}", false)).hasMessage(
                "You cannot create a sandbox without public access unless you enable secure envd access via 'secure' flag.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a.example:8080", "${PORT}-app.example", "localhost:${PORT}", "10.0.0.1:80", "[::1]:${PORT}", "[::1]"})
    void aMaskIsAHostAndPerhapsAPort(String mask) throws Exception {
        assertThat(ingress("{\"maskRequestHost\":\"" + mask + "\"}", false)).isEqualTo(new Ingress(true, true, mask));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bücher.example", "a b", "a:", "a:70000", "a:b", "http://a", "a/b", "a@b", "${HOST}", "a\\r\\nX: 1", "a:1:2"})
    void anythingElseIsNoMask(String mask) {
        assertThatThrownBy(() -> ingress("{\"maskRequestHost\":\"" + mask + "\"}", false))
                .isInstanceOfSatisfying(CaissonException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID))
                .hasMessageContaining("mask request host");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[]", "7", "{\"allowPublicTraffic\":\"no\"}", "{\"maskRequestHost\":1}", "{\"httpsPorts\":[49983]}", "{\"httpsPorts\":[0]}",
        "{\"httpsPorts\":443}", "{\"denyOut\":[\"example.com\"]}", "{\"denyOut\":[\"0.0.0.0\"]}", "{\"denyOut\":[\"10.0.0.0/33\"]}",
        "{\"denyOut\":[1]}", "{\"allowOut\":[\"example.com\"]}", "{\"allowOut\":[\"a b\"],\"denyOut\":[\"0.0.0.0/0\"]}",
        "{\"egressProxy\":{}}", "{\"egressProxy\":{\"address\":\"proxy\"}}", "{\"egressProxy\":{\"address\":\"p:1\",\"password\":\"x\"}}",
        "{\"dnsServers\":[\"dns.example\"]}", "{\"rules\":{\"no domain\":[]}}", "{\"rules\":{\"*\":[]}}", "{\"rules\":{\"a.b\":[{},{}]}}",
        "{\"rules\":{\"a.b\":[{\"transform\":{\"headers\":{\"bad name\":\"x\"}}}]}}"})
    void whatBreaksARuleIs400BeforeAnythingIsNotThereYet(String network) {
        assertThatThrownBy(() -> ingress(network, true))
                .isInstanceOfSatisfying(CaissonException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"httpsPorts\":[443]}", "{\"denyOut\":[\"0.0.0.0/0\",\"10.1.2.3\",\"fc00::/7\"]}", "{\"allowOut\":[\"1.1.1.1\"]}",
        "{\"allowOut\":[\"*.example.com\",\"*\",\"a.example\"],\"denyOut\":[\"0.0.0.0/0\"]}",
        "{\"egressProxy\":{\"address\":\"p.example:1080\",\"username\":\"u\",\"password\":\"p\"}}", "{\"dnsServers\":[\"8.8.8.8\"]}",
        "{\"rules\":{\"*.a.example\":[{\"transform\":{\"headers\":{\"X-Key\":\"v\"}}}]}}"})
    void theWayOutIsNotThereYet(String network) {
        assertThatThrownBy(() -> ingress(network, true))
                .isInstanceOfSatisfying(CaissonException.class, e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED));
    }

    @Test
    void theRefusalNamesTheDeniedRange() {
        assertThatThrownBy(() -> ingress("{\"denyOut\":[\"example.com\"]}", true)).hasMessage("invalid denied CIDR example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.", "a", "9", "9.", ":", "*."})
    void anEntryOfAnyLengthIsRefused(String part) {
        assertThatThrownBy(() -> ingress("{\"allowOut\":[\"" + part.repeat(100_000) + "a\"],\"denyOut\":[\"0.0.0.0/0\"]}", true))
                .isInstanceOfSatisfying(CaissonException.class, e -> assertThat(e.category()).isEqualTo(Category.INVALID))
                .hasMessageContaining("invalid allowed address or domain");
    }
}
