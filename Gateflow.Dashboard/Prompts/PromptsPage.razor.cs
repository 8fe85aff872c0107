using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Prompts;

/// <summary>The list of prompts.</summary>
public sealed partial class PromptsPage(PromptBook book) : IDisposable
{
    private const int Page = 50;
    private readonly Loaded<ListPage<PromptView>> prompts = new("The prompts");
    private readonly CancellationTokenSource left = new();
    private int most = Page;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => prompts.ReadAsync(async () => await book.ListAsync(most, null, left.Token));

    private Task MoreAsync()
    {
        most += Page;
        return ReadAsync();
    }
}
