package dev.caisson.front.rest;

import static dev.caisson.front.rest.ControlPlane.json;
import static dev.caisson.front.rest.ControlPlane.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.node.testing.FakeNode;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code contract/rest-api.md} §3.2, §6.6, §15.5. */
class TemplateResourceTest {
    private static final String ID = FakeNode.BASE.templateId();

    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/templates", "/v2/templates"})
    void theListHasEveryFieldThatClientsDemand(String list) {
        var row = json(plane.call("GET", list, "", 200)).path(0);
        assertThat(row.toString()).isEqualTo("{\"templateID\":\"" + ID + "\",\"buildID\":\"" + FakeNode.BASE.buildId()
                + "\",\"cpuCount\":2,\"memoryMB\":1024,\"diskSizeMB\":10240,\"public\":true,\"aliases\":[\"base\"],\"names\":[\"base\"],"
                + "\"createdAt\":\"2025-12-01T00:00:00Z\",\"updatedAt\":\"2025-12-01T00:00:00Z\",\"createdBy\":null,"
                + "\"lastSpawnedAt\":null,\"spawnCount\":0,\"buildCount\":1,\"envdVersion\":\"" + Answers.ENVD_VERSION
                + "\",\"buildStatus\":\"ready\"}");
    }

    @Test
    void sandboxesMadeOfATemplateAreCounted() {
        plane.create("{}");
        plane.create("{}");
        var row = json(plane.call("GET", "/templates", "", 200)).path(0);
        assertThat(row.path("spawnCount").asInt()).isEqualTo(2);
        assertThat(row.path("lastSpawnedAt").asString()).isEqualTo("2026-01-01T00:00:00Z");
    }

    /** §15.5: since 2.59 the detail needs what the list has, too. */
    @Test
    void oneTemplateHasItsBuildsAndWhatNewClientsDemand() {
        var detail = json(plane.call("GET", "/templates/" + ID, "", 200));
        for (var name : new String[] {"templateID", "buildID", "cpuCount", "memoryMB", "diskSizeMB", "public", "aliases", "names",
            "createdAt", "updatedAt", "createdBy", "lastSpawnedAt", "spawnCount", "buildCount", "envdVersion", "buildStatus"}) {
            assertThat(detail.has(name)).as(name).isTrue();
        }
        var build = detail.path("builds").path(0);
        assertThat(build.path("buildID").asString()).isEqualTo(FakeNode.BASE.buildId());
        assertThat(build.path("status").asString()).isEqualTo("ready");
        assertThat(build.path("finishedAt").asString()).isEqualTo("2025-12-01T00:00:00Z");
    }

    @Test
    void oneTemplateIsFoundByItsIdOnly() {
        assertThat(message(plane.call("GET", "/templates/base", "", 404))).isEqualTo("Template base not found");
    }

    /** Traps 14 and 15. */
    @Test
    void pagesEndWithoutATokenAndLimitsAreChecked() {
        assertThat(plane.call("GET", "/v2/templates?limit=1", "", 200).answerHeader("X-Next-Token")).isEmpty();
        for (var query : new String[] {"limit=0", "limit=101", "limit=-1", "nextToken=zzz"}) {
            plane.call("GET", "/v2/templates?" + query, "", 400);
            plane.call("GET", "/templates/" + ID + "?" + query, "", 400);
        }
    }

    /** Trap 62. */
    @Test
    void anotherTeamsIdIsAMismatch() {
        for (var list : new String[] {"/templates", "/v2/templates"}) {
            plane.call("GET", list + "?teamID=" + plane.team.id(), "", 200);
            assertThat(message(plane.call("GET", list + "?teamID=" + new UUID(1, 1), "", 400)))
                    .isEqualTo("Team ID param mismatch with the API key");
        }
    }

    /** Traps 9 and 59: references come as one segment, with their slash and colon encoded. */
    @ParameterizedTest
    @CsvSource({"base,200", "base%3Adefault,200", "BASE,200", "basetemplate00000000,200", "base%3Av9,404", "default%2Fbase,404",
        "default%2Fbase%3Av1,404", "nope,404", "a%2Fb%2Fc,400", "tags,404"})
    void anAliasIsLookedUp(String encoded, int expected) {
        var answer = plane.call("GET", "/templates/aliases/" + encoded, "", expected);
        if (expected == 200) {
            assertThat(answer.answerText()).isEqualTo("{\"templateID\":\"" + ID + "\",\"public\":true}");
        }
    }

    @ParameterizedTest
    @CsvSource({"base,200", "base%3Adefault,200", "basetemplate00000000,200", "default%2Fbase,404", "nope,404"})
    void tagsAreListed(String encoded, int expected) {
        var answer = plane.call("GET", "/templates/" + encoded + "/tags", "", expected);
        if (expected == 200) {
            assertThat(answer.answerText()).isEqualTo("[{\"tag\":\"default\",\"buildID\":\"" + FakeNode.BASE.buildId()
                    + "\",\"createdAt\":\"2025-12-01T00:00:00Z\"}]");
        }
    }

    /** Trap 61. */
    @ParameterizedTest
    @CsvSource({"base,403", "base%3Adefault,403", "basetemplate00000000,403", "default%2Fbase,404", "nope,404", "a%20b,400"})
    void thePublicTemplateIsNotTheTeamsToChange(String encoded, int expected) {
        plane.call("DELETE", "/templates/" + encoded, "", expected);
        plane.call("PATCH", "/templates/" + encoded, "{\"public\":false}", expected);
        plane.call("PATCH", "/v2/templates/" + encoded, "{}", expected);
    }

    @Test
    void aBadUpdateIsAValidationError() {
        assertThat(message(plane.call("PATCH", "/v2/templates/base", "{\"public\":\"no\"}", 400))).startsWith("validation error");
    }
}
