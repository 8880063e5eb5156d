using System.Xml.Linq;
using BmadServer.Load.Checking;
using BmadServer.Load.Modes;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.UnitTests.Reporting;

public sealed class ReportTests
{
    private static readonly RunResult Result = Given.Result(
        Given.Measurement(StandardSet.Spread, "floor group", acksPerSecond: 30_000),
        Given.Measurement(StandardSet.Spread, Given.Postgres, 1, acksPerSecond: 10_000),
        Given.Measurement(StandardSet.Spread, Given.Postgres, 2, acksPerSecond: 20_000),
        Given.Measurement(StandardSet.Spread, Given.Postgres, 3, acksPerSecond: 12_000)
    ) with
    {
        Checks = [new LogCheck(StandardSet.Spread.ToString(), Given.Postgres, 50, 61_234, 61_284)],
        Idle = [new IdleMeasurement(Given.Postgres, 10_000, 900, 150 << 20, 450 << 20, 400 << 20)],
        History = [new HistoryMeasurement(Given.Postgres, "send", 1_000_000, Given.Latencies(1.1), Given.Latencies(1))],
    };

    [Test]
    public void A_subject_has_one_row_with_the_medians_of_its_rounds()
    {
        var rows = MarkdownReport.Write(Result).Split('\n');

        rows.Count(row => row.StartsWith($"| {Given.Postgres} | 12,000 |", StringComparison.Ordinal)).ShouldBe(1);
        rows.Count(row => row.StartsWith("| floor group | 30,000 |", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Test]
    public void The_server_is_set_against_each_floor_that_took_turns_with_it() =>
        // Only one round has both.
        MarkdownReport.Write(Result).ShouldContain($"| {Given.Postgres} to floor group | 0.33 | 0.00 | 1.00 | 1.00 |");

    [Test]
    public void What_was_held_against_the_log_is_said() =>
        MarkdownReport.Write(Result).ShouldContain($"| {Given.Postgres}, {StandardSet.Spread} | 50 | 61,234 | 61,284 |");

    [Test]
    public void All_rows_of_a_table_have_as_many_cells_as_its_head()
    {
        var cells = 0;
        foreach (var row in MarkdownReport.Write(Result).Split('\n').Select(row => row.Trim()))
        {
            if (!row.StartsWith('|'))
            {
                cells = 0;
                continue;
            }

            var found = row.Count(character => character == '|');
            cells = cells == 0 ? found : cells;
            found.ShouldBe(cells, row);
        }
    }

    [Test]
    public void A_result_that_was_written_is_read_as_it_was()
    {
        var read = ResultFiles.Read(ResultFiles.Write(Result));

        MarkdownReport.Write(read).ShouldBe(MarkdownReport.Write(Result));
        SvgPlot.Write(read).ShouldBe(SvgPlot.Write(Result));
    }

    [Test]
    public void The_plot_has_a_bar_and_a_curve_for_each_subject()
    {
        var svg = XDocument.Parse(SvgPlot.Write(Result));

        var names = svg.Descendants().Select(element => element.Name.LocalName).CountBy(name => name).ToDictionary();
        names["polyline"].ShouldBe(2);
        // And the background.
        names["rect"].ShouldBe(3);
    }

    [TestCase(12345.6, "12,346")]
    [TestCase(12.345, "12.3")]
    [TestCase(1.2345, "1.23")]
    [TestCase(0, "0.00")]
    [TestCase(0.0123456, "0.0123")]
    [TestCase(double.NaN, "–")]
    public void Numbers_have_about_three_digits(double value, string text) => Figure.Text(value).ShouldBe(text);
}
