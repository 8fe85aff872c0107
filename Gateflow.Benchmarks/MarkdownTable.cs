using System.Text;

namespace Gateflow.Benchmarks;

/// <summary>A table that reads well on a terminal and in a document: columns are padded. All but the first are set to the right.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    /// <summary>Sets the other columns to the left too, for words.</summary>
    public bool Words { get; init; }

    public MarkdownTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public override string ToString()
    {
        var widths = header.Select((_, column) => Math.Max(3, _rows.Max(row => row[column].Length))).ToArray();
        var text = new StringBuilder();
        foreach (var (index, row) in _rows.Index())
        {
            text.Append('|');
            for (var column = 0; column < row.Length; column++)
            {
                text.Append(' ').Append(IsRight(column) ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column])).Append(" |");
            }

            text.Append('\n');
            if (index == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select((w, column) => " " + new string('-', w - 1) + (IsRight(column) ? ": " : "- "))).Append("|\n");
            }
        }

        return text.ToString();
    }

    private bool IsRight(int column) => column > 0 && !Words;
}
