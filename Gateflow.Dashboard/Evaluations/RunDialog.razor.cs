using System.Globalization;
using System.Text.Json;
using FluentValidation;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>Asks which models are run over a dataset and by what they are scored, starts the run by the API's own rules, and closes with its id.</summary>
public sealed partial class RunDialog(EvaluationRunner runner, ModelDirectory models, IValidator<EvaluationRequest> rules, DialogService dialogs)
{
    private readonly List<EvaluatorDraft> evaluators = [];
    private readonly Saving saving = new();
    private List<Fault> faults = [];
    private string? first;
    private string? second;
    private string? items;
    private string? budget;
    private string? name;

    [Parameter, EditorRequired]
    public DatasetView Dataset { get; set; } = default!;

    /// <summary>The run before: what it had is offered again, so that the two can be compared.</summary>
    [Parameter]
    public EvaluationView? Previous { get; set; }

    /// <summary>Who starts it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private IEnumerable<string> Known => models.Served.Select(s => s.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private bool NeedsExpected => evaluators.Exists(e => e.Type == EvaluatorType.ExactMatch || (e.Type == EvaluatorType.Contains && string.IsNullOrEmpty(e.Value))
        || (e.Type is EvaluatorType.Similarity or EvaluatorType.Judge && e.Against == EvaluatorAgainst.Expected));

    private string Json => JsonSerializer.Serialize(Read([]), JsonColumn.Options);

    protected override void OnInitialized()
    {
        items = Math.Min(Dataset.Items, EvaluationRequestValidator.MostItems).ToString(CultureInfo.InvariantCulture);
        if (Previous is { } run)
        {
            (first, second) = (run.Models[0], run.Models.ElementAtOrDefault(1));
            evaluators.AddRange(run.Setup.Evaluators.Select(EvaluatorDraft.Of));
            budget = run.Setup.MaxCost?.ToString("0.########", CultureInfo.InvariantCulture);
        }
        else
        {
            evaluators.Add(new EvaluatorDraft { Type = EvaluatorType.Similarity, Against = Dataset.WithExpected > 0 ? EvaluatorAgainst.Expected : EvaluatorAgainst.FirstModel });
        }
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field || f.Param.StartsWith(field + "[", StringComparison.Ordinal))?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private EvaluationRequest Read(List<Fault> unread) => new()
    {
        DatasetId = Dataset.DatasetId,
        Name = string.IsNullOrWhiteSpace(name) ? null : name.Trim(),
        Models = [.. new[] { first, second }.Where(m => !string.IsNullOrWhiteSpace(m)).Select(m => m!.Trim())],
        Evaluators = [.. evaluators.Select((e, i) => e.Read($"evaluators[{i}]", unread))],
        MaxItems = string.IsNullOrWhiteSpace(items) ? null : int.TryParse(items, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
        MaxCost = string.IsNullOrWhiteSpace(budget) ? null : decimal.TryParse(NumberText.Plain(budget), NumberStyles.Float, CultureInfo.InvariantCulture, out var most) ? most : 0,
    };

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        List<Fault> unread = [];
        var request = Read(unread);
        faults = [.. unread, .. rules.Validate(request).Errors.Select(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage))];
        if (faults.Count > 0)
        {
            return null;
        }

        var started = await runner.StartAsync(request, Actor, CancellationToken.None);
        if (started.IsOk)
        {
            dialogs.Close(started.Value.Id);
            return null;
        }

        faults = [.. started.Refusal.Faults];
        return faults.Exists(f => f.Param == "max_cost" || f.Param.StartsWith("models", StringComparison.Ordinal) || f.Param.StartsWith("evaluators", StringComparison.Ordinal)) ? null : started.Refusal.Message;
    });
}
