using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Members;

/// <summary>The routes of members; only administrators reach them.</summary>
public static class MemberEndpoints
{
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/members").RequireAuthorization(Policies.Admin);
        members.MapGet("", async (MemberBook book, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await book.ListAsync(token))).Produces<ListPage<MemberView>>();
        members.MapGet("/{id}", async (string id, MemberBook book, CancellationToken token) =>
            await book.FindAsync(id, token) is { } member ? MigrationEndpoints.Json(member) : Refusal.NotFound("member", id).ToResult()).Produces<MemberView>();
        members.MapPost("", async (Body body, MemberBook book, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.InviteAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).Takes<MemberDraft>().Produces<MemberView>(201).AnswersBeside(201, ("invite_url", JsonSchemaType.String));
        members.MapPatch("/{id}", async (string id, Body body, MemberBook book, CancellationToken token) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.UpdateAsync(id, body.Value, token))).Takes<MemberDraft>().Produces<MemberView>();
        members.MapPost("/{id}/reset", async (string id, MemberBook book, CancellationToken token) => Answer(await book.ResetAsync(id, token), 200))
            .Produces<MemberView>().AnswersBeside(200, ("invite_url", JsonSchemaType.String));
        members.MapDelete("/{id}", async (string id, MemberBook book, CancellationToken token) => Answer(await book.RemoveAsync(id, token))).Produces<MemberView>();
    }

    private static IResult Answer(Result<MemberView> result) => result.IsOk ? MigrationEndpoints.Json(result.Value) : result.Refusal.ToResult();

    /// <summary>The member, and the link: this once.</summary>
    private static IResult Answer(Result<InvitedMember> result, int status)
    {
        if (!result.IsOk)
        {
            return result.Refusal.ToResult();
        }

        var answer = (JsonObject)JsonSerializer.SerializeToNode(result.Value.View, JsonColumn.Options)!;
        answer["invite_url"] = result.Value.Link;
        return MigrationEndpoints.Json(answer, status);
    }
}
