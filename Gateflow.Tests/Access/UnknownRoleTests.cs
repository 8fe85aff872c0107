using System.Security.Claims;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;

namespace Gateflow.Tests.Access;

public sealed class UnknownRoleTests
{
    [Theory]
    [InlineData(Role.Admin, 4)]
    [InlineData((Role)9, 0)]
    public void Principal_Role_GivesThoseUpToItAndAnUnknownNone(Role role, int roles) => Assert.Equal(
        roles, KeyAuthentication.Principal(KeyHash.Of("gw_x"), new KeyEntry { Id = "key_1", Name = "x", Role = role }, "test").Claims.Count(c => c.Type == ClaimTypes.Role));
}
