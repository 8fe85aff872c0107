using Gateflow.Core.Audit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Gateflow.Dashboard.Audit;

/// <summary>Names the person at the page to whatever is saved while an event of theirs is handled.</summary>
internal sealed class AuditCircuit(AuthenticationStateProvider sessions, TimeProvider clock) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        var user = (await sessions.GetAuthenticationStateAsync()).User;
        if (user.Identity is { IsAuthenticated: true })
        {
            AuditFilter.ScopeOf(user, AuditChannel.Page, clock).Enter();
        }

        await next(context);
    };
}
