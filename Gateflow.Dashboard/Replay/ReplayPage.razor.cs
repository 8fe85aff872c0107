using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Replay;

/// <summary>One test with its findings and its pairs; while it runs, its progress.</summary>
public sealed partial class ReplayPage(ReplayReader reader, ReplayRunner runner, TimeProvider clock, IAuthorizationService authorization) : IDisposable
{
    private static readonly IReadOnlyList<Crumb> Way = [new("Evaluate"), new("Replays", "/replays")];

    private readonly Loaded<ReplayView> test = new("The replay");
    private Acting? acting;
    private RunFollowing? following;
    private string? refusal;
    private bool busy;
    private bool read;

    [Parameter]
    public string TestId { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private string Heading => test.Value is { } shown ? $"{shown.SourceModel} → {shown.TargetModel}" : "Replay";

    private string? Purpose => test.Value switch
    {
        null => null,
        { IsOver: false } => "Stored requests are being answered by both models.",
        { Results: { } results } => $"{Display.Count(results.RequestsTested, "stored request")} answered by both models and compared.",
        _ => "A test that brought no result.",
    };

    protected override async Task OnParametersSetAsync()
    {
        acting ??= await Acting.OfAsync(Authentication, authorization);
        await ReadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        following ??= new RunFollowing(runner, clock, (testId, _) => testId == TestId, InvokeAsync, FollowAsync);
        following.While(test.Value is { IsOver: false });
    }

    public void Dispose() => following?.Dispose();

    private async Task FollowAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        await test.ReadAsync(() => reader.FindAsync(TestId, CancellationToken.None));
        read = true;
    }

    private async Task CancelAsync()
    {
        busy = true;
        var cancelled = await runner.CancelAsync(TestId, CancellationToken.None);
        busy = false;
        await ReadAsync();
        refusal = cancelled || test.Value is { IsOver: true } ? null : "The test runs on another node; cancel it there.";
    }
}
