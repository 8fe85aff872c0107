using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Plans;

/// <summary>The list of plans.</summary>
public sealed partial class PlansPage(PlanReader reader) : IDisposable
{
    private const int Page = 50;
    private readonly Loaded<ListPage<PlanView>> plans = new("The plans");
    private readonly CancellationTokenSource left = new();
    private int most = Page;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => plans.ReadAsync(async () => await reader.ListAsync(most, null, null, left.Token));

    private Task MoreAsync()
    {
        most += Page;
        return ReadAsync();
    }
}
