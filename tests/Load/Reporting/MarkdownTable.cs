namespace BmadServer.Load.Reporting;

/// <summary>A table in Markdown.</summary>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string> _rows = [];

    /// <param name="name">The first cell.</param>
    /// <param name="values">The others, as <see cref="Figure.Text"/> writes them.</param>
    public void Add(string name, params double?[] values) => Add([name, .. values.Select(value => Figure.Text(value ?? double.NaN))]);

    /// <exception cref="ArgumentException">There are not as many cells as columns.</exception>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length)
        {
            throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns.", nameof(cells));
        }

        _rows.Add(Row(cells));
    }

    /// <summary>With an empty line after it; nothing at all where there are no rows.</summary>
    public override string ToString() =>
        _rows.Count == 0 ? "" : string.Join('\n', [Row(columns), Row(columns.Select(_ => "---")), .. _rows]) + "\n\n";

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
