namespace Gateflow.Benchmarks;

/// <summary>Writes generated text into a document between two marks, so that what people wrote around it stays.</summary>
internal static class MarkedSection
{
    /// <summary>Replaces what stands between <c>&lt;!-- name:begin --&gt;</c> and <c>&lt;!-- name:end --&gt;</c>; without both lines the whole file.</summary>
    public static async Task WriteAsync(string path, string name, string text, CancellationToken cancellationToken)
    {
        var (begin, end) = ($"<!-- {name}:begin -->", $"<!-- {name}:end -->");
        var old = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";
        var from = old.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : old.IndexOf(end, from, StringComparison.Ordinal);
        var body = text.TrimEnd() + "\n";
        await File.WriteAllTextAsync(path, to < 0 ? body : $"{old[..(from + begin.Length)]}\n{body}{old[to..]}", cancellationToken);
    }
}
