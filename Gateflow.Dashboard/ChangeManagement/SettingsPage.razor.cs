using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>The settings of change management, by the API's own rules.</summary>
public sealed partial class SettingsPage(ChangeBook book, ChangePolicy policy, SamplePolicy kept, IAuthorizationService authorization) : IDisposable
{
    private static readonly (Strategy Value, string Words)[] Strategies =
        [(Strategy.Canary, "Canary: in steps"), (Strategy.Shadow, "Shadow: copies first, then in steps"), (Strategy.Instant, "Instant: all at once")];

    private static readonly (string Field, string Label, string Unit, string Hint)[] Numbers =
    [
        ("rate", "Share of requests that may be kept", "%", "0 keeps none, 100 any"),
        ("max_per_model", "Most of one model", "requests", "The oldest are thinned out first"),
        ("retention_days", "Kept for", "days", "Then they are deleted"),
    ];

    private readonly Loaded<JsonObject> read = new("The settings");
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();
    private JsonObject seen = [];
    private JsonObject shown = [];
    private ConfigDraft? draft;
    private SampleForm? samples;
    private string notice = "";
    private string? undropped;
    private bool autoFallback;
    private bool mayEdit;
    private string? said;
    private IReadOnlyList<Fault> faults = [];

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private bool IsDirty => FormEdit.Patch(shown, Form(), ChangeBook.Levels).Count > 0;

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

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    /// <summary>What was said is of what was typed before.</summary>
    private void Typed()
    {
        said = null;
        saving.Forget();
    }

    private void Set<T>(object? value)
        where T : struct, Enum => draft!.SetEnum("strategy", Enum.Parse<T>(value?.ToString() ?? ""));

    private async Task ReadAsync()
    {
        await read.ReadAsync(async () => await book.ReadAsync(left.Token));
        if (read.Value is { } value)
        {
            Show(value);
        }
    }

    private async Task DropAsync(IReadOnlyList<Fault> outdated)
    {
        try
        {
            var away = new JsonObject(outdated.Select(f => KeyValuePair.Create(f.Param, (JsonNode?)null)));
            undropped = (await book.SetAsync(new JsonObject { [ChangeDraft.Defaults] = away }, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None)).Refusal?.Message;
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            undropped = DatabaseFault.NotSaved(broken);
        }
    }

    private void Show(JsonObject value)
    {
        draft = new ConfigDraft(policy.Current.Default(), onlyTyped: true);
        samples = SampleForm.Of(kept.Current);
        notice = policy.Current.DeprecationNoticeDays.ToString(CultureInfo.InvariantCulture);
        autoFallback = value[AutoFallback.SettingName]!.GetValue<bool>();
        (seen, shown) = (value, Form());
    }

    /// <summary>All that stands in the form, as PATCH /settings has it.</summary>
    private JsonObject Form() => new()
    {
        [AutoFallback.SettingName] = autoFallback,
        [ChangeDraft.Notice] = SampleForm.Number(notice),
        [ChangeDraft.Samples] = samples!.ToJson(),
        [ChangeDraft.Defaults] = draft!.Patch(),
    };

    private async Task SaveAsync()
    {
        if (!mayEdit || draft is null || samples is null)
        {
            return;
        }

        await saving.TryAsync(async () =>
        {
            (said, faults) = (null, []);
            var patch = FormEdit.Patch(shown, Form(), ChangeBook.Levels);
            var set = await book.SetAsync(patch, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None, seen);
            if (set.IsOk)
            {
                Show(set.Value);
                said = "Saved. New migrations begin with it.";
            }

            faults = set.Refusal?.Faults ?? [];
            return set.Refusal?.Message;
        });
    }
}
