package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QueryTest {
    @Test
    void listsComeJoinedEncodedOrRepeated() {
        assertThat(Query.parse("state=running,paused").list("state")).containsExactly("running", "paused");
        assertThat(Query.parse("state=running%2Cpaused").list("state")).containsExactly("running", "paused");
        assertThat(Query.parse("state=running&x=1&state=paused").list("state")).containsExactly("running", "paused");
        assertThat(Query.parse("state=").list("state")).isEmpty();
        assertThat(Query.parse("").list("state")).isEmpty();
    }

    @Test
    void plusIsASpaceAndEscapesAreUtf8() {
        var query = Query.parse("path=%2Fh%C3%A4+user%2B%26&flag&e=&=v&a=b=c");
        assertThat(query.first("path")).contains("/hä user+&");
        assertThat(query.has("flag")).isTrue();
        assertThat(query.first("e")).contains("");
        assertThat(query.first("a")).contains("b=c");
        assertThat(query.first("none")).isEmpty();
    }

    @Test
    void brokenEscapesAreRefused() {
        for (var raw : new String[] {"a=%", "a=%4", "a=%zz", "%fe=1", "a=%C3"}) {
            assertThatThrownBy(() -> Query.parse(raw)).isInstanceOf(HttpException.class);
        }
    }

    @Test
    void numbersOutsideTheirBoundsAreValidationErrors() {
        assertThat(Query.parse("limit=100").number("limit", 1, 100)).contains(100L);
        assertThat(Query.parse("").number("limit", 1, 100)).isEmpty();
        for (var raw : new String[] {"limit=0", "limit=-1", "limit=101", "limit=", "limit=x", "limit=99999999999999999999"}) {
            assertThatThrownBy(() -> Query.parse(raw).number("limit", 1, 100)).hasMessageStartingWith("validation error: ");
        }
    }
}
