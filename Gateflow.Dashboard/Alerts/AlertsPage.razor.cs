using Gateflow.Core;
using Gateflow.Core.Alerts;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Alerts;

/// <summary>The alerts of one status, newest first; which stands in the address.</summary>
public sealed partial class AlertsPage(AlertBook book, AlertWriter writer, TimeProvider clock, IAuthorizationService authorization) : IDisposable
{
    private const int Most = 200;

    /// <summary>The pause between two readings without a signal: what another node writes gives none here.</summary>
    internal static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    private ITimer? timer;
    private readonly Loaded<AlertSheet> alerts = new("The alerts");
    private readonly Saving saving = new();

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>A status of alerts; by default open.</summary>
    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    private AlertStatus Shown => Wire.TryParse<AlertStatus>(Show, out var status) ? status : AlertStatus.Open;

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            writer.Changed += Refresh;
            timer = clock.CreateTimer(_ => Refresh(), null, Beat, Beat);
        }
    }

    public void Dispose()
    {
        writer.Changed -= Refresh;
        timer?.Dispose();
    }

    private static string Address(AlertStatus status) => status == AlertStatus.Open ? "/alerts" : $"/alerts?show={Wire.Name(status)}";

    private Task ReadAsync() => alerts.ReadAsync(async () => await book.SheetAsync(Shown, Most, CancellationToken.None));

    private void Refresh() => _ = InvokeAsync(async () =>
    {
        await ReadAsync();
        StateHasChanged();
    });

    private async Task AcknowledgeAsync(AlertView alert)
    {
        var who = await Acting.OfAsync(Session, authorization);
        if (who.MayEdit)
        {
            await saving.TryAsync(async () => (await book.AcknowledgeAsync(alert.Id, who.Name, CancellationToken.None)).Refusal?.Message);
            await ReadAsync();
        }
    }
}
