using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Search;

/// <summary>The search over everything; its answer follows as one types.</summary>
public sealed partial class SearchDialog(SearchReader search) : IDisposable
{
    private readonly Loaded<SearchAnswer> found = new("The search");
    private CancellationTokenSource? running;
    private string text = "";

    public void Dispose()
    {
        running?.Cancel();
        running?.Dispose();
    }

    private static string Title(SearchKind kind) => kind switch
    {
        SearchKind.Page => "Pages",
        SearchKind.Migration => "Migrations",
        SearchKind.Model => "Models",
        SearchKind.Feature => "Features",
        _ => "Requests",
    };

    private static string IconOf(SearchKind kind) => kind switch
    {
        SearchKind.Page => "overview",
        SearchKind.Migration => "migration",
        SearchKind.Model => "server",
        SearchKind.Feature => "flag",
        _ => "list",
    };

    /// <summary>Looks for the text; what was looked for before is given up.</summary>
    private async Task FindAsync(string? typed)
    {
        text = typed?.Trim() ?? "";
        Dispose();
        running = new CancellationTokenSource();
        var token = running.Token;
        await found.ReadAsync(async () => await search.FindAsync(text, token));
    }
}
