using Microsoft.JSInterop;

namespace Gateflow.Dashboard.Shell;

/// <summary>
/// The time zone of the person looking, asked once a circuit. For times that are typed or counted on the server; a time that is only
/// shown goes through <see cref="Parts.RelativeTime"/>, which needs no call.
/// </summary>
public sealed class ViewerZone(IJSRuntime browser)
{
    private TimeZoneInfo? zone;

    /// <summary>Call from OnAfterRenderAsync or an event: before that there is no browser to ask. UTC when the zone is unknown here.</summary>
    public async ValueTask<TimeZoneInfo> GetAsync(CancellationToken cancellation = default)
    {
        if (zone is null)
        {
            await using var module = await browser.InvokeAsync<IJSObjectReference>("import", cancellation, "./js/shell.js");
            var name = await module.InvokeAsync<string>("timeZone", cancellation);
            zone = TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : TimeZoneInfo.Utc;
        }

        return zone;
    }
}
