// Follows a null pointer below a leaf of the tree: run-time error by a segmentation fault.
#include <iostream>

struct Node {
    char name = '?';
    Node* left = nullptr;
    Node* right = nullptr;
};

void postorder(const Node* node) {
    if (node->name == 0) return;
    postorder(node->left);
    postorder(node->right);
    std::cout << node->name;
}

int main() {
    Node root;
    std::cin >> root.name;
    postorder(&root);
}
