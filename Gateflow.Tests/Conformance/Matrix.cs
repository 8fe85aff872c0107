using System.Globalization;
using System.Text;

namespace Gateflow.Tests.Conformance;

/// <summary>What became of one request.</summary>
internal sealed record Cell(string Mark, string? Note = null)
{
    public static readonly Cell Works = new("✓");
    public static readonly Cell NotInProtocol = new("–");

    public bool IsFault => Mark == "!";

    public static Cell Changed(string shims) => new("✓", shims);

    public static Cell Without(string shims) => new("~", shims);

    public static Cell Refused(string why) => new("✗", why);

    public static Cell Fault(string what) => new("!", what.Length <= 400 ? what : what[..400]);
}

/// <summary>The table of docs/protocols.md.</summary>
internal sealed class Matrix(IReadOnlyList<string> providers)
{
    private const string Begin = "<!-- conformance:begin -->";
    private const string End = "<!-- conformance:end -->";

    private readonly List<(string Protocol, string Feature, string Provider, Cell Cell)> _cells = [];

    /// <summary>What neither worked nor was refused.</summary>
    public List<string> Faults { get; } = [];

    public void Add(string protocol, string feature, string provider, Cell whole, Cell streamed)
    {
        foreach (var (cell, how) in new[] { (whole, "whole"), (streamed, "streamed") })
        {
            if (cell.IsFault)
            {
                Faults.Add($"{protocol} before {provider}, {feature}, {how}: {cell.Note}");
            }
        }

        if (whole.Mark != streamed.Mark)
        {
            Faults.Add($"{protocol} before {provider}, {feature}: {whole.Mark} whole, {streamed.Mark} streamed");
        }

        _cells.Add((protocol, feature, provider, whole));
    }

    /// <summary>Fails when the document says something else; writes it there so that a person can look at the difference and keep it.</summary>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Repository.Root, "docs", "protocols.md");
        var document = await File.ReadAllTextAsync(path, cancellationToken);
        var (from, to) = (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        var table = $"\n{this}";
        if (document[from..to] != table)
        {
            await File.WriteAllTextAsync(path, document[..from] + table + document[to..], cancellationToken);
            Assert.Fail("docs/protocols.md told another table than these tests saw. It has been written anew: look at the difference, and commit it if it is right.");
        }
    }

    public override string ToString()
    {
        var (text, notes) = (new StringBuilder(), new List<string>());
        foreach (var protocol in _cells.GroupBy(c => c.Protocol))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {protocol.Key}\n\n| feature | {string.Join(" | ", providers)} |\n|---|{string.Concat(providers.Select(_ => ":---:|"))}\n");
            foreach (var row in protocol.GroupBy(c => c.Feature))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {row.Key} | {string.Join(" | ", row.Select(c => Written(c.Cell, notes)))} |\n");
            }
        }

        text.Append("\nNotes:\n\n");
        foreach (var (index, note) in notes.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {note}\n");
        }

        return text.ToString();
    }

    private static string Written(Cell cell, List<string> notes)
    {
        if (cell.Note is not { } note)
        {
            return cell.Mark;
        }

        var said = cell.Mark switch { "✗" => $"Refused: {note}", "~" => $"Answered without it: `{note}`", _ => $"Changed: `{note}`" };
        if (!notes.Contains(said))
        {
            notes.Add(said);
        }

        return $"{cell.Mark} ({notes.IndexOf(said) + 1})";
    }
}
