using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Logs;

/// <summary>One logged request, told as far as it is kept.</summary>
public sealed partial class RequestPage(LogReader logs)
{
    private static readonly IReadOnlyList<Crumb> Way = [new("Observe"), new("Requests", "/requests")];
    private readonly Loaded<LogStory> story = new("The request");

    [Parameter]
    public string RequestId { get; set; } = "";

    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <summary>The share of the whole time that had passed at the first byte, percent; null when it is not known.</summary>
    private static double? FirstByte(LogEntry entry) =>
        entry.FirstByteMs is { } first && entry.DurationMs > 0 ? Math.Clamp(first / entry.DurationMs * 100, 0, 100) : null;

    private Task ReadAsync() => story.ReadAsync(() => logs.FindAsync(RequestId, CancellationToken.None));
}
