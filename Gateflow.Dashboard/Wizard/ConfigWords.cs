using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Wizard;

/// <summary>The names of a configuration's fields on the page.</summary>
public static class ConfigWords
{
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["canary_percentage"] = "The first step",
        ["increase_step"] = "Each further step",
        ["increase_interval_minutes"] = "The minutes of a step",
        ["duration_hours"] = "The hours of mirroring",
        ["execute_at"] = "The start",
        ["then"] = "What follows",
        ["rollback_threshold.error_rate"] = "The error rate",
        ["rollback_threshold.latency_p99_increase"] = "The latency",
        ["rollback_threshold.quality_score_drop"] = "The drop in quality",
        ["alpha"] = "The chance of a false rollback",
        ["min_samples"] = "The requests of a step",
        ["max_hold_hours"] = "The longest hold",
        ["soak_minutes"] = "The minutes at 100 %",
        ["approvals_required"] = "The number of approvals",
        ["steps"] = "The list of steps",
        ["mirror.percentage"] = "The mirrored share",
        ["mirror.max_cost"] = "The budget of the copies",
    };

    /// <summary>A fault's message with the page's name of the field instead of the wire's.</summary>
    /// <param name="typed">What stands in the field at fault.</param>
    public static string Spoken(Fault fault, string typed = "")
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Message.Contains("a value that cannot be read", StringComparison.Ordinal))
        {
            return NumberText.IsAmbiguous(typed) ? "Write it without a comma: it may mean two numbers."
                : string.IsNullOrWhiteSpace(typed) && fault.Param.StartsWith("rollback_threshold.", StringComparison.Ordinal) ? "Enter a limit, or switch it off."
                : "This is not a number that fits here.";
        }

        if (fault.Param == "rollback_threshold.error_rate")
        {
            return "The error rate must lie between 0 and 100 %, both excluded.";
        }

        if (fault.Param == "execute_at" && fault.Message.Contains("required", StringComparison.Ordinal))
        {
            return "Say when it starts.";
        }

        var wire = fault.Param[(fault.Param.LastIndexOf('.') + 1)..];
        return Labels.TryGetValue(fault.Param, out var label)
            ? fault.Message.StartsWith(fault.Param + " ", StringComparison.Ordinal) ? label + fault.Message[fault.Param.Length..]
            : fault.Message.StartsWith(wire + " ", StringComparison.Ordinal) ? label + fault.Message[wire.Length..]
            : fault.Message
            : fault.Message;
    }
}
