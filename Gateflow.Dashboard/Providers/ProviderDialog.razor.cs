using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Providers;

/// <summary>Asks for a provider's settings, only those that its type has, tests them as they stand, and stores them by the API's own rules.</summary>
public sealed partial class ProviderDialog(ProviderStore store, ProviderTesting testing, DialogService dialogs) : IDisposable
{
    private readonly List<Fault> faults = [];
    private readonly Saving saving = new();
    private ProviderForm form = new();
    private JsonObject shown = [];
    private CancellationTokenSource? test;
    private TestView? result;
    private string? model;
    private string? untested;

    /// <summary>The provider to change; null for a new one.</summary>
    [Parameter]
    public ProviderView? Provider { get; set; }

    /// <summary>Who does it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private string ModelsPlaceholder => form.Kind.Name switch
    {
        "openai_compatible" => "llama-4-70b, qwen-3",
        "azure_openai" => "all deployments below",
        _ => "all of the catalog",
    };

    private bool AdvancedFault => faults.Exists(f => f.Param.StartsWith("timeouts", StringComparison.Ordinal)
        || f.Param.StartsWith("limits", StringComparison.Ordinal) || f.Param.StartsWith("probe", StringComparison.Ordinal));

    public void Dispose() => test?.Cancel();

    protected override void OnInitialized()
    {
        if (Provider is not null)
        {
            form = ProviderForm.Of(Provider);
            shown = form.Request(faults, create: false);
        }
    }

    private string? Fault(string field) => faults.Find(f => f.Param == field || f.Param.StartsWith(field + "[", StringComparison.Ordinal))?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private void Choose(ChangeEventArgs change)
    {
        form.Kind = ProviderKind.Find(change.Value as string) ?? form.Kind;
        faults.Clear();
        result = null;
    }

    /// <summary>What was typed; null when it cannot be read.</summary>
    private JsonObject? Read()
    {
        untested = null;
        saving.Forget();
        faults.Clear();
        var request = form.Request(faults, create: Provider is null);
        return faults.Count == 0 ? request : null;
    }

    private string? Tell(Refusal refused)
    {
        faults.AddRange(refused.Faults);
        return faults.Count == 0 || refused.Kind == RefusalKind.Conflict ? refused.Message : null;
    }

    private async Task TestAsync()
    {
        if (test is not null)
        {
            await test.CancelAsync();
            return;
        }

        result = null;
        if (Read() is not { } request)
        {
            return;
        }

        using var running = test = new CancellationTokenSource();
        try
        {
            var tested = await testing.RunDraftAsync(request, Provider?.Id, string.IsNullOrWhiteSpace(model) ? null : model.Trim(), running.Token);
            result = tested.Value;
            untested = tested.IsOk ? null : Tell(tested.Refusal);
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            untested = $"The test could not be run: {broken.Message}";
        }
        finally
        {
            test = null;
        }
    }

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        if (Read() is not { } request)
        {
            return null;
        }

        var saved = Provider is null
            ? await store.CreateAsync(request, Actor, CancellationToken.None)
            : await store.UpdateAsync(Provider.Id, ProviderPatch.Of(shown, request), Actor, CancellationToken.None);
        if (saved.IsOk)
        {
            dialogs.Close(true);
            return null;
        }

        return Tell(saved.Refusal);
    });
}
