using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Live;

/// <summary>
/// The rows of <see cref="LatestRequests"/>, written once for all who watch. As elements they were more than half of what a live page cost: with
/// hundreds of viewers all rows are new every two seconds.
/// </summary>
internal static class RequestRows
{
    private static readonly ConditionalWeakTable<IReadOnlyList<RequestView>, object> Made = new();

    /// <summary>Each request's id with the cells of its row; what came from outside is encoded.</summary>
    public static ImmutableArray<(string Id, MarkupString Cells)> Of(IReadOnlyList<RequestView> requests) =>
        (ImmutableArray<(string, MarkupString)>)Made.GetValue(requests, static r => r.Select(Row).ToImmutableArray());

    private static (string Id, MarkupString Cells) Row(RequestView request)
    {
        var target = request.Arm == Arm.Target;
        var look = OutcomeWords.Of(request.Outcome, request.ErrorCode);
        return (request.RequestId, new MarkupString(
            $"<td class=\"nowrap\" title=\"{Text(request.RequestId)}\">{RelativeTime.Markup(request.At, TimeFormat.Time)}</td>"
            + $"<td class=\"nowrap\"><span class=\"arm {(target ? "tone-target" : "tone-source")}\"><i aria-hidden=\"true\"></i>{(target ? "target" : "source")}</span></td>"
            + $"<td><span class=\"outcome {look.Tone.Css()}\"{(request.ErrorCode is { } code ? $" title=\"{Text(code)}\"" : "")}>{Icons.Svg(look.Icon, 14)}{Text(look.Word)}</span>{Fallback(request)}</td>"
            + $"<td class=\"num\">{Display.Number(request.Status)}</td><td class=\"num\">{Display.Milliseconds(request.DurationMs)}</td>"));
    }

    private static string Fallback(RequestView request) => request.FallbackReason is { } reason
        ? $"<p class=\"meta\">fell back to {Text(request.ServedModel ?? "no model")}: {Text(Display.Words(reason).ToLowerInvariant())}</p>"
        : "";

    private static string Text(string words) => HtmlEncoder.Default.Encode(words);
}
