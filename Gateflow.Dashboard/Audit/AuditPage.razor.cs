using System.Globalization;
using Gateflow.Core.Audit;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Audit;

/// <summary>The audit log with its filters in the address, and the check of its chain.</summary>
public sealed partial class AuditPage(AuditBook book, NavigationManager navigation, IAuthorizationService authorization) : IDisposable
{
    private const int Most = 50;

    private readonly Loaded<ListPage<AuditView>> entries = new("The audit log");
    private readonly Loaded<AuditVerification> found = new("The chain");
    private readonly CancellationTokenSource left = new();
    private AuditQuery query = new();
    private IReadOnlyList<Fault> faults = [];
    private bool verifying;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Actor { get; set; }

    [SupplyParameterFromQuery]
    private string? Action { get; set; }

    [SupplyParameterFromQuery]
    private string? Target { get; set; }

    [SupplyParameterFromQuery]
    private string? From { get; set; }

    [SupplyParameterFromQuery]
    private string? To { get; set; }

    [SupplyParameterFromQuery]
    private long? Cursor { get; set; }

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        (query, faults) = AuditQuery.Parse(Actor, Action, Target, From, To);
        if ((await authorization.AuthorizeAsync((await Session).User, null, Policies.Admin)).Succeeded)
        {
            await ReadAsync();
        }
    }

    private static string? Text(object? value) => value?.ToString() is { Length: > 0 } text ? text : null;

    private static string? Day(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Parsed(object? value) =>
        DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

    private Task ReadAsync() => entries.ReadAsync(async () => await book.ListAsync(query, Most, Cursor, left.Token));

    private void Go(AuditQuery wanted) => navigation.NavigateTo(wanted.Address("/settings/audit-log"), replace: true);

    private async Task VerifyAsync()
    {
        verifying = true;
        await found.ReadAsync(async () => await book.VerifyAsync(left.Token));
        verifying = false;
    }
}
