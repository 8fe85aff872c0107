using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Playground;

/// <summary>Asks two models the same and shows both answers as they come. The models stand in the address, the texts never do.</summary>
public sealed partial class PlaygroundPage(PlaygroundClient client, ModelDirectory models, TimeProvider clock, IAuthorizationService authorization) : IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(150);

    private IReadOnlyList<PlaygroundSide> sides = [];
    private CancellationTokenSource? run;
    private PlaygroundRequest? asked;
    private string? first;
    private string? second;
    private string system = "";
    private string user = "";
    private double? temperature;
    private int? maxTokens = 500;
    private string? fault;

    /// <summary>The first model.</summary>
    [SupplyParameterFromQuery]
    private string? A { get; set; }

    /// <summary>The second model.</summary>
    [SupplyParameterFromQuery]
    private string? B { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private bool Running => run is not null;

    private IEnumerable<string> Served => models.Routes
        .Where(r => r.Key == r.Value.Id && r.Value.IsServed && r.Value.Facts?.Mode is null or ModelMode.Chat)
        .Select(r => r.Key).Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (run is not null)
        {
            await run.CancelAsync();
        }
    }

    protected override void OnParametersSet()
    {
        first ??= A;
        second ??= B;
    }

    private async Task StopAsync()
    {
        if (run is not null)
        {
            await run.CancelAsync();
        }
    }

    private async Task RunAsync()
    {
        if (Running)
        {
            return;
        }

        var request = new PlaygroundRequest { System = system, User = user, Temperature = temperature, MaxTokens = maxTokens };
        string[] chosen = [.. new[] { first, second }.Where(m => !string.IsNullOrWhiteSpace(m)).Select(m => m!.Trim())];
        fault = chosen.Length == 0 ? "Choose a model first." : request.Fault();
        if (fault is not null)
        {
            return;
        }

        var actor = (await Acting.OfAsync(Session, authorization)).Name;
        asked = request;
        sides = [.. chosen.Select(m => new PlaygroundSide(m))];
        using var stop = run = new CancellationTokenSource();
        try
        {
            var answers = Task.WhenAll(sides.Select(s => client.AskAsync(s, request, actor, stop.Token)));
            using var frames = new PeriodicTimer(Frame, clock);
            while (!answers.IsCompleted)
            {
                StateHasChanged();
                await Task.WhenAny(answers, frames.WaitForNextTickAsync(CancellationToken.None).AsTask());
            }

            await answers;
        }
        finally
        {
            run = null;
        }
    }
}
