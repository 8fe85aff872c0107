using Gateflow.Core.Usage;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Logs;

/// <summary>The request log, a page at a time; what is looked at stands in the address, by the API's names.</summary>
public sealed partial class RequestsPage(LogReader logs, CostQuery costs, FeatureBook features, TimeProvider clock, NavigationManager navigation) : IDisposable
{
    private const int PageSize = 50;
    private const string Day = "24h";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private static readonly (string Value, string Text)[] Periods = [("15m", "15 minutes"), ("1h", "hour"), (Day, "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

    private static readonly (string Value, string Text)[] Statuses = [("2xx", "2xx answered"), ("4xx", "4xx caller"), ("429", "429 limited"), ("5xx", "5xx failed"), ("499", "499 hung up")];

    private readonly Loaded<ListPage<LogEntry>> page = new("The requests");
    private readonly Loaded<LogChoices> choices = new("What the filters offer");
    private string? refused;
    private ITimer? timer;

    [SupplyParameterFromQuery(Name = "event_type")]
    private string? EventType { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Migration { get; set; }

    [SupplyParameterFromQuery]
    private string? Arm { get; set; }

    [SupplyParameterFromQuery]
    private string? Key { get; set; }

    [SupplyParameterFromQuery]
    private string? Feature { get; set; }

    [SupplyParameterFromQuery]
    private string? Capability { get; set; }

    [SupplyParameterFromQuery(Name = "min_context")]
    private string? MinContext { get; set; }

    /// <summary>Up to now; by default the last 24 hours.</summary>
    [SupplyParameterFromQuery]
    private string? Period { get; set; }

    [SupplyParameterFromQuery]
    private string? From { get; set; }

    [SupplyParameterFromQuery]
    private string? To { get; set; }

    /// <summary>The place in the list; empty for its head.</summary>
    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    /// <summary>True to read the head of the list again every two seconds.</summary>
    [SupplyParameterFromQuery]
    private bool Live { get; set; }

    private LogQuery Query => new()
    {
        EventType = Text(EventType),
        Status = Text(Status),
        Model = Text(Model),
        Migration = Text(Migration),
        Arm = Text(Arm),
        From = Text(From),
        To = Text(To),
        Period = Text(Period),
        Key = Text(Key),
        Feature = Text(Feature),
        Capability = Text(Capability),
        MinContext = Text(MinContext),
    };

    /// <summary>With the period that is looked at when none is named.</summary>
    private LogQuery Effective => Query is { From: null, To: null, Period: null } bare ? bare with { Period = Day } : Query;

    private LogChoices Choices => choices.Value ?? LogChoices.None;

    private bool IsLive => Live && string.IsNullOrEmpty(Cursor);

    /// <summary>The filters that have no field of their own; each can be taken away.</summary>
    private IEnumerable<(string Text, LogQuery Without)> Extras
    {
        get
        {
            var query = Query;
            if (query.Migration is { } migration)
            {
                yield return ($"migration {migration}", query with { Migration = null });
            }

            if (query.Arm is { } arm)
            {
                yield return ($"{arm} arm", query with { Arm = null });
            }

            if (query.From is { } from)
            {
                yield return ($"from {from}", query with { From = null });
            }

            if (query.To is { } to)
            {
                yield return ($"to {to}", query with { To = null });
            }

            if (query.Capability is { } capability)
            {
                yield return ($"asked for {Display.Words(capability)}", query with { Capability = null });
            }

            if (query.MinContext is { } tokens)
            {
                yield return ($"at least {tokens} tokens", query with { MinContext = null });
            }
        }
    }

    private const string Nothing = "No request was logged yet: give an application a key and this address as its base URL, and each of its requests stands here a second or two later.";

    private (string Text, LogQuery Query, bool IsShown)[] Views
    {
        get
        {
            var rest = Query with { EventType = null, Status = null };
            return
            [
                ("All", rest, Query == rest),
                ("Errors", rest with { Status = "error" }, Query is { EventType: null, Status: "error" }),
                ("Failed", rest with { Status = "failed" }, Query is { EventType: null, Status: "failed" }),
                ("Fell back", rest with { EventType = "fallback_activated" }, Query is { EventType: "fallback_activated", Status: null }),
                ("Answered", rest with { EventType = "request_completed" }, Query is { EventType: "request_completed", Status: null }),
            ];
        }
    }

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (IsLive)
        {
            timer ??= clock.CreateTimer(_ => _ = InvokeAsync(RefreshAsync), null, Every, Every);
        }
        else
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        timer = null;
    }

    private static string? Text(object? value) => value is string { Length: > 0 } text ? text : null;

    private static string Address(LogQuery query) => query.Address("/requests");

    private static bool Offered(IEnumerable<string> offered, string? chosen) => chosen is null || offered.Contains(chosen);

    private async Task ReadAsync()
    {
        if (choices.Value is null)
        {
            await choices.ReadAsync(async () => await LogChoices.ReadAsync(costs, features, clock.GetUtcNow(), CancellationToken.None));
        }

        await page.ReadAsync(async () =>
        {
            refused = null;
            var filter = LogFilter.Parse(Effective, clock.GetUtcNow());
            var found = filter.IsOk ? await logs.ListAsync(filter.Value, PageSize, Text(Cursor), CancellationToken.None) : filter.Refusal;
            refused = found.Refusal?.Message;
            return found.Value ?? new ListPage<LogEntry>([], null);
        });
    }

    private async Task RefreshAsync()
    {
        if (IsLive && !page.IsReading)
        {
            await ReadAsync();
            StateHasChanged();
        }
    }

    private void Go(LogQuery query) => navigation.NavigateTo(query.Address("/requests", live: Live), replace: true);
}
