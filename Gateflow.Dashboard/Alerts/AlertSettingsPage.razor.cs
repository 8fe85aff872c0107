using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Webhooks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Alerts;

/// <summary>The settings of alerts, by the API's own rules.</summary>
public sealed partial class AlertSettingsPage(AlertSettingsBook book, WebhookStore hooks, IAuthorizationService authorization) : IDisposable
{
    private readonly Loaded<JsonObject> read = new("The settings");
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();
    private IReadOnlyList<WebhookView> webhooks = [];
    private IReadOnlyList<Fault> faults = [];
    private AlertForm? form;
    private bool mayEdit;
    private string? said;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        mayEdit = (await authorization.AuthorizeAsync((await Session).User, null, Policies.Admin)).Succeeded;
        await ReadAsync();
    }

    private bool IsDirty => Patch().Count > 0;

    private static string Id(string field) => "alert-" + field.Replace('.', '-').Replace('_', '-');

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    /// <summary>What was said is of what was typed before.</summary>
    private void Typed()
    {
        said = null;
        saving.Forget();
    }

    private JsonObject Patch() => form!.Patch([.. webhooks.Select(w => w.Id)]);

    private async Task ReadAsync()
    {
        await read.ReadAsync(async () =>
        {
            webhooks = await hooks.ListAsync(left.Token);
            return await book.ReadAsync(left.Token);
        });
        form = read.Value is { } value ? new AlertForm(value) : form;
    }

    private async Task SaveAsync()
    {
        if (!mayEdit || form is null)
        {
            return;
        }

        await saving.TryAsync(async () =>
        {
            (said, faults) = (null, []);
            var set = await book.SetAsync(Patch(), CancellationToken.None, form.Seen);
            if (set.IsOk)
            {
                (said, form) = ("Saved. It holds for what happens from now on.", new AlertForm(set.Value));
            }

            faults = set.Refusal?.Faults ?? [];
            return set.Refusal?.Message;
        });
    }
}
