using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Gateway.Fallbacks;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>Edits one chain: the order by drag or by buttons, checked by the API's own rules as one types, with the dry run of what stands there.</summary>
public sealed partial class ChainPage(ChainBook book, ModelDirectory models, FallbackRehearsal rehearsal, NavigationManager navigation)
{
    private readonly Loaded<ChainView> chain = new("The chain");
    private readonly Loaded<ChainCheck> check = new("What the rules say of it");
    private readonly Saving saving = new();
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly Dictionary<DraftEntry, ElementReference> ups = [];
    private readonly Dictionary<DraftEntry, ElementReference> downs = [];
    private ChainDraft? draft;
    private JsonObject shown = [];
    private FallbackReason failure = FallbackReason.ProviderError;
    private DraftEntry? dragged;
    private DraftEntry? over;
    private ElementReference? focus;
    private string? adding;
    private string? moved;

    [Parameter]
    public string? Id { get; set; }

    /// <summary>The model of a new chain.</summary>
    [SupplyParameterFromQuery]
    private string? Primary { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private IEnumerable<string> Known => models.Served.Select(s => s.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>What would happen with the order as it stands here; null while the model is not known.</summary>
    private DryRunView? Played => draft is null ? null : new DryRun
    {
        Model = draft.Primary,
        Reason = Wire.Name(failure),
        Fallbacks = draft.Enabled && draft.Triggers.Contains(failure) ? [.. draft.Entries.Take(ChainConfigValidator.MaxFallbacks).Select(e => e.Model)] : [],
    }.Play(rehearsal, models).Value;

    protected override async Task OnInitializedAsync()
    {
        if (Id is null)
        {
            draft = new ChainDraft { Primary = Primary };
            await CheckAsync();
            return;
        }

        await ReadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focus is { } element)
        {
            focus = null;
            await element.FocusAsync();
        }
    }

    private async Task ReadAsync()
    {
        await chain.ReadAsync(async () => (await book.FindAsync(Id!, CancellationToken.None)).Value);
        draft = chain.Value is { } found ? ChainDraft.Of(found) : null;
        shown = draft?.Request() ?? [];
        await CheckAsync();
    }

    private string? Fault(string field) =>
        touched.Contains(field) ? check.Value?.Faults.FirstOrDefault(f => f.Param == field || f.Param.StartsWith(field + "[", StringComparison.Ordinal))?.Message : null;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private Task ChangeAsync(string field, Action change)
    {
        change();
        touched.Add(field);
        saving.Forget();
        return CheckAsync();
    }

    private Task CheckAsync() =>
        draft is { } typed ? check.ReadAsync(async () => await book.CheckAsync(Id, typed.Request(), CancellationToken.None)) : Task.CompletedTask;

    private void Act(FallbackReason trigger, bool acts) => _ = acts ? draft!.Triggers.Add(trigger) : draft!.Triggers.Remove(trigger);

    private Task AddAsync()
    {
        var model = adding;
        adding = null;
        return ChangeAsync("fallbacks", () => draft!.Add(model));
    }

    private async Task MoveAsync(DraftEntry entry, int to)
    {
        var up = to < draft!.Entries.Index().First(e => e.Item == entry).Index;
        if (draft.Move(entry, to))
        {
            await ChangeAsync("fallbacks", () => { });
            moved = $"{entry.Model} is now {to + 1} of {draft.Entries.Count}";
            // The browser loses the focus of what it moves, and the button that was pressed may be disabled at the end of the list.
            focus = (draft.Entries[0] == entry ? downs : draft.Entries[^1] == entry || up ? ups : downs)[entry];
        }
    }

    private async Task DropAsync(int place)
    {
        var entry = dragged;
        EndDrag();
        if (entry is not null && draft!.Move(entry, place))
        {
            await ChangeAsync("fallbacks", () => { });
        }
    }

    private void EndDrag() => (dragged, over) = (null, null);

    private async Task SaveAsync()
    {
        // Enter in the field of a further model submits the form: it means that model.
        if (!string.IsNullOrWhiteSpace(adding))
        {
            await AddAsync();
            return;
        }

        touched.UnionWith(["primary", "fallbacks", "name", "triggers"]);
        await saving.TryAsync(async () =>
        {
            await CheckAsync();
            if (check is { Fault: null, Value.Faults.Count: > 0 })
            {
                return null;
            }

            var actor = (await Session).User.Identity?.Name ?? "unknown";
            var saved = Id is null
                ? await book.CreateAsync(draft!.Request(), actor, CancellationToken.None)
                : await book.UpdateAsync(Id, FormEdit.Patch(shown, draft!.Request()), actor, CancellationToken.None, shown);
            if (saved.IsOk)
            {
                navigation.NavigateTo($"/fallbacks?try={Uri.EscapeDataString(saved.Value.Primary)}");
            }

            return saved.Refusal?.Message;
        });
    }
}
