using Gateflow.Core.Audit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Gateflow.Dashboard.Audit;

/// <summary>Names the person at the page to whatever is saved while an event of theirs is handled; "unknown" once their session is over.</summary>
internal sealed class AuditCircuit(AuthenticationStateProvider sessions, TimeProvider clock) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        AuditFilter.ScopeOf((await sessions.GetAuthenticationStateAsync()).User, AuditChannel.Page, clock).Enter();
        await next(context);
    };
}
