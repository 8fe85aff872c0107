using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Gateflow.Core.Storage.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class ReplayDetails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_ReplayPairs_TestId",
                table: "ReplayPairs");

            migrationBuilder.AddColumn<bool>(
                name: "Demo",
                table: "Requests",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Node",
                table: "ReplayTests",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Feature",
                table: "ReplayPairs",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SourceTokens",
                table: "ReplayPairs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "TargetTokens",
                table: "ReplayPairs",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_ReplayPairs_TestId_Similarity",
                table: "ReplayPairs",
                columns: new[] { "TestId", "Similarity" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_ReplayPairs_TestId_Similarity",
                table: "ReplayPairs");

            migrationBuilder.DropColumn(
                name: "Demo",
                table: "Requests");

            migrationBuilder.DropColumn(
                name: "Node",
                table: "ReplayTests");

            migrationBuilder.DropColumn(
                name: "Feature",
                table: "ReplayPairs");

            migrationBuilder.DropColumn(
                name: "SourceTokens",
                table: "ReplayPairs");

            migrationBuilder.DropColumn(
                name: "TargetTokens",
                table: "ReplayPairs");

            migrationBuilder.CreateIndex(
                name: "IX_ReplayPairs_TestId",
                table: "ReplayPairs",
                column: "TestId");
        }
    }
}
