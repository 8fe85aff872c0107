using System.Globalization;
using System.Text;
using Gateflow.Core.Plans;
using Gateflow.Dashboard.Deprecations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Webhooks;

namespace Gateflow.Dashboard.Plans;

/// <summary>A plan as a text for an issue tracker, in Markdown: what, why, until when, a box for each that is concerned, and how to begin.</summary>
internal static class PlanIssue
{
    public static string Write(PlanView plan, PublicAddress address)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {Plain(plan.Title)}").AppendLine();
        text.AppendLine(Why(plan)).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"- **Model:** `{Code(plan.Model)}`{(plan.ReplacementModel is { } next ? $"; the provider names `{Code(next)}` in its place" : "")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- **Until:** {Until(plan)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- **Owner:** {Plain(plan.Owner ?? "nobody yet")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- **Progress:** {PlanWords.Progress(plan.Progress)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- **Plan:** {address.Of("/plans/" + plan.Id)}");
        if (plan.Note is { } note)
        {
            text.AppendLine().AppendLine(string.Join('\n', note.Split('\n').Select(line => "> " + Plain(line.TrimEnd('\r')))));
        }

        text.AppendLine().AppendLine("## Who is concerned").AppendLine();
        foreach (var item in plan.Items)
        {
            Item(text, item, address);
        }

        if (plan is { Milestones: { } milestones, Deadline: { } deadline })
        {
            text.AppendLine().AppendLine("## By when").AppendLine();
            foreach (var (what, on) in DeprecationWords.Milestones(milestones, deadline.On, "The deadline"))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"- {on:yyyy-MM-dd}: {Spaces(what)}");
            }
        }

        text.AppendLine().AppendLine("## How to begin").AppendLine();
        text.AppendLine("Each box has a page that starts its migration. The same from a shell, as a draft that moves nothing yet:").AppendLine();
        foreach (var item in plan.Items.Where(i => PlanWords.Startable(i)))
        {
            text.AppendLine("```sh").AppendLine(CurlCommand.Of(address.Of(""), "POST", "/v1/management/migrations", PlanWords.Request(plan.Model, item).ToJsonString())).AppendLine("```");
        }

        return Spaces(text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    private static void Item(StringBuilder text, PlanItem item, PublicAddress address)
    {
        text.Append("- [").Append(item.State == PlanState.Done ? 'x' : ' ').Append("] ").Append(PlanWords.Kind(item)).Append("**").Append(Plain(item.Name)).Append("**: ")
            .Append(PlanWords.Of(item).Word.ToLowerInvariant()).Append("; ").Append(Display.Count(item.RequestsLast30Days, "request")).Append(" in 30 days");
        if (item.Owner is { } owner)
        {
            text.Append(", owner ").Append(Plain(owner));
        }

        if (item.Keys.Count > 0)
        {
            text.Append(", keys ").AppendJoin(", ", item.Keys.Select(Plain));
        }

        if (item.Migration is { } migration)
        {
            text.Append(CultureInfo.InvariantCulture, $" ([migration]({address.Of("/migrations/" + migration.MigrationId)}))");
        }

        text.AppendLine();
    }

    private static string Why(PlanView plan) => plan.RetiresOn is { } end
        ? $"`{Code(plan.Model)}` stops being served on {end:yyyy-MM-dd}. What still asks for it then fails, so its requests are moved to another model before, step by step and with a way back."
        : $"`{Code(plan.Model)}` is to be replaced. Its requests are moved to another model step by step and with a way back.";

    private static string Until(PlanView plan) => plan.Deadline switch
    {
        null => "no date yet",
        var d => $"{d.On:yyyy-MM-dd}" + (d.Source == "own" ? ", set by the team" : d.IsEarliest ? ", the earliest day that the provider names" : ", when the model ends")
            + (d.DaysRemaining >= 0 ? $" (in {Display.Count(d.DaysRemaining, "day")})" : $" ({Display.Count(-d.DaysRemaining, "day")} ago)"),
    };

    /// <summary>Names and notes are people's: what Markdown or HTML would make of them is taken off.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            plain.Append(c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '|' ? "\\" + c : c is '\n' or '\r' ? " " : c.ToString());
        }

        return plain.ToString();
    }

    private static string Code(string text) => text.Replace("`", "", StringComparison.Ordinal);

    private static string Spaces(string text) => text.Replace('\u00a0', ' ');
}
