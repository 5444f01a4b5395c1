package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void timesFiguresAndWhatWasRefusedFollowEachOther() {
        var ours = new Samples();
        var bare = new Samples();
        List.of(3.0, 1.0, 2.0).forEach(ours::add);
        List.of(4.0, 4.0, 5.0).forEach(bare::add);
        var text = Report.of(new Findings(
                List.of(Row.of("pause", ours, bare)),
                List.of(new Figure("MemAvailable", 1234.56, "MiB"), new Figure("made", 50, "")),
                List.of("fork: not measured")));
        assertThat(text).isEqualTo("""
                | ms | n | p50 | p99 | bare p50 | bare p99 | ratio |
                |---|---|---|---|---|---|---|
                | pause | 3 | 2.00 | 3.00 | 4.00 | 5.00 | 0.50 |

                | figure | |
                |---|---|
                | MemAvailable | 1234.6 MiB |
                | made | 50.0 |

                fork: not measured
                """);
    }

    @Test
    void whatThereIsNoneOfIsLeftOut() {
        assertThat(Report.of(new Findings(List.of(), List.of(), List.of("idle: not measured")))).isEqualTo("idle: not measured\n");
    }

    @Test
    void aServerThatDoesNotKnowACallIsSaidToRefuse() throws Exception {
        for (var category : List.of(Category.NOT_FOUND, Category.UNSUPPORTED)) {
            var refused = new ArrayList<String>();
            Measurements.unlessRefused(Measurements.Part.FORK, refused, () -> {
                throw new ClientException(category, "no such thing");
            });
            assertThat(refused).as("%s", category).containsExactly("fork: not measured to the end, the server refuses: no such thing");
        }
    }

    @Test
    void anotherFailureIsOne() {
        assertThatThrownBy(() -> Measurements.unlessRefused(Measurements.Part.FORK, new ArrayList<>(), () -> {
            throw new ClientException(Category.INTERNAL, "broken");
        })).isInstanceOf(ClientException.class).hasMessage("broken");
    }
}
