namespace Gateflow.Dashboard.Management;

/// <summary>What docs/errors.md says of each error's code, for the page that <c>doc_url</c> leads to.</summary>
internal static class ErrorReference
{
    /// <summary>The page's path; a code is an anchor on it.</summary>
    public const string Path = "/docs/errors";

    /// <summary>The tables of the file, in its order.</summary>
    public static IReadOnlyList<ErrorGroup> Groups { get; } = Read();

    private static List<ErrorGroup> Read()
    {
        using var text = new StreamReader(typeof(ErrorReference).Assembly.GetManifestResourceStream("errors.md")!);
        List<ErrorGroup> groups = [];
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                groups.Add(new ErrorGroup(line[3..], []));
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|', StringSplitOptions.TrimEntries) is [_, var codes, var status, var meaning, var remedy, _])
            {
                groups[^1].Entries.Add(new ErrorEntry([.. codes.Split(", ").Select(code => code.Trim('`'))], status, meaning, remedy));
            }
        }

        return groups;
    }
}

/// <summary>The codes of one kind of call.</summary>
internal sealed record ErrorGroup(string Title, List<ErrorEntry> Entries);

/// <summary>Codes that mean the same; texts have code between backquotes.</summary>
/// <param name="Codes">What <c>error.code</c> has.</param>
/// <param name="Status">The statuses that they come with.</param>
/// <param name="Meaning">What has happened.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record ErrorEntry(IReadOnlyList<string> Codes, string Status, string Meaning, string Remedy);
